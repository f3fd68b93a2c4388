// A page of the bench: three stations in workers, on a network of one of several designs.

import { openSwitch } from "etherloom/browser";
import type { Orders, Result, Task, Way } from "./station.js";

const COUNT = 3;

/** How each station of a design reaches the others. */
const DESIGNS: Readonly<Record<Way["kind"], (name: string) => Promise<Way[]>>> = {
  async switch() {
    const sw = await openSwitch();
    return numbers().map(() => ({ kind: "switch", handle: sw.lend().handle }));
  },
  async hub() {
    const channels = numbers().map(() => new MessageChannel());
    for (const { port1 } of channels)
      port1.onmessage = ({ data }) => {
        for (const other of channels) if (other.port1 !== port1) other.port1.postMessage(data);
      };
    return channels.map(({ port2 }) => ({ kind: "hub", port: port2 }));
  },
  tabs: async (name) => numbers().map(() => ({ kind: "tabs", name })),
  inbrowser: async (name) => numbers().map(() => ({ kind: "inbrowser", name })),
};

let workers: Worker[] = [];

function numbers(): number[] {
  return Array.from({ length: COUNT }, (_, number) => number);
}

function told<T>(worker: Worker, message: Orders | Task, transfer: Transferable[] = []): Promise<T> {
  const answer = new Promise<T>((done) => {
    worker.addEventListener("message", ({ data }) => done(data), { once: true });
  });
  worker.postMessage(message, transfer);
  return answer;
}

/** Starts the stations, and waits until they have found each other. */
export async function open(design: Way["kind"], name: string): Promise<void> {
  const ways = await DESIGNS[design](name);
  workers = ways.map(() => new Worker("/page/station.js", { type: "module" }));
  for (const [number, way] of ways.entries()) {
    const ports = way.kind === "switch" ? [way.handle.port] : way.kind === "hub" ? [way.port] : [];
    await told(workers[number]!, { way, number }, ports);
  }
  await new Promise((done) => setTimeout(done, 1000));
}

/** Station 0 floods station 1. What that one counted, and what station 2 heard of it. */
export async function flood(octets: number, ms: number): Promise<Result & { readonly strays: number }> {
  const [sender, receiver, bystander] = workers as [Worker, Worker, Worker];
  for (const worker of workers) await told(worker, { task: "count", octets, ms, to: 0 });
  await told(sender, { task: "flood", octets, ms, to: 1 });
  await new Promise((done) => setTimeout(done, 200));
  const result = await told<Result>(receiver, { task: "count", octets, ms, to: 0 });
  const { frames: strays } = await told<Result>(bystander, { task: "count", octets, ms, to: 0 });
  return { ...result, strays };
}

/** Station 0 asks station 1, one frame under way at a time. */
export function ask(ms: number): Promise<Result> {
  return told<Result>(workers[0]!, { task: "ask", octets: 60, ms, to: 1 });
}
