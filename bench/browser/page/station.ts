// A station of the bench, in a worker: it floods another one, counts what comes, or only listens.

import { borrow, broadcastChannel, type Handle, type Link } from "etherloom/browser";

/** How a station reaches the others. */
export type Way =
  | { readonly kind: "switch"; readonly handle: Handle }
  | { readonly kind: "hub"; readonly port: MessagePort }
  | { readonly kind: "tabs" | "inbrowser"; readonly name: string };

/** What a station is told first. Its number is the last octet of its address. */
export interface Orders {
  readonly way: Way;
  readonly number: number;
}

/** And then: to flood a station, or to ask it for answers, one at a time. */
export interface Task {
  readonly task: "flood" | "ask" | "count";
  readonly octets: number;
  readonly ms: number;
  readonly to: number;
}

export interface Result {
  readonly frames: number;
  readonly ms: number;
}

/** Frames that may be under way: the receiver says when it has so many more. So nobody loses any. */
const WINDOW = 512;
const STEP = 128;
const BROADCAST = 255;
const KIND = 14; // the first octet of the payload
const [DATA, ASK, ANSWER, TAKEN, HELLO] = [1, 2, 3, 4, 5];

let link: Pick<Link, "onframe" | "send">;
let own: number;
let taken = 0;
let firstMs = 0;
let lastMs = 0;
let got = 0;
let ontaken = () => {};
let onanswer = () => {};

function frame(to: number, kind: number, octets = 60): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(octets);
  if (to === BROADCAST) made.fill(255, 0, 6);
  else made.set([2, 0, 0, 0, 0, to]);
  made.set([2, 0, 0, 0, 0, own, 8, 0, kind], 6);
  return made;
}

async function opened(way: Way): Promise<Pick<Link, "onframe" | "send">> {
  if (way.kind === "switch") return borrow(way.handle);
  if (way.kind === "tabs") return broadcastChannel(way.name);
  const channel = way.kind === "hub" ? way.port : new BroadcastChannel(way.name);
  const path = {
    onframe: (_frame: Uint8Array) => {},
    send(octets: Uint8Array) {
      channel.postMessage(octets.slice()); // a frame a message, as v86's own adapter does
      return true;
    },
  };
  channel.onmessage = ({ data }: MessageEvent<Uint8Array>) => path.onframe(data);
  return path;
}

function hear(octets: Uint8Array): void {
  const from = octets[11]!;
  const kind = octets[KIND];
  if (octets[5] !== own) {
    if (octets[5] !== BROADCAST) got++; // a frame for another: what a station on a hub has to bear
  } else if (kind === TAKEN) {
    taken += STEP;
    ontaken();
  } else if (kind === ANSWER) onanswer();
  else if (kind === ASK) link.send(frame(from, ANSWER!));
  else if (kind === DATA) count(from);
}

function count(from: number): void {
  lastMs = performance.now();
  if (got++ === 0) firstMs = lastMs;
  if (got % STEP === 0) link.send(frame(from, TAKEN!));
}

const { port1, port2 } = new MessageChannel();

/** Lets others have their turn. */
function turn(): Promise<void> {
  return new Promise((done) => {
    port1.onmessage = () => done();
    port2.postMessage(undefined);
  });
}

async function flood({ to, octets, ms }: Task): Promise<void> {
  const data = frame(to, DATA!, octets);
  const end = performance.now() + ms;
  let sent = 0;
  taken = 0;
  while (performance.now() < end) {
    while (sent - taken < WINDOW) {
      if (link.send(data)) sent++;
      else await turn();
    }
    const more = new Promise<void>((done) => {
      ontaken = done;
    });
    await Promise.race([more, new Promise((done) => setTimeout(done, 1000))]);
  }
}

async function ask({ to, ms }: Task): Promise<Result> {
  const start = performance.now();
  let frames = 0;
  while (performance.now() < start + ms) {
    const answer = new Promise<void>((done) => {
      onanswer = done;
    });
    link.send(frame(to, ASK!));
    await answer;
    frames++;
  }
  return { frames, ms: performance.now() - start };
}

/** What was received since this was asked last. */
function counted(): Result {
  const result = { frames: got, ms: lastMs - firstMs };
  got = 0;
  return result;
}

globalThis.onmessage = async ({ data }: MessageEvent<Orders | Task>) => {
  if ("way" in data) {
    own = data.number;
    link = await opened(data.way);
    link.onframe = hear;
    globalThis.postMessage(undefined);
    setTimeout(() => link.send(frame(BROADCAST, HELLO!)), 100); // so that a switch knows where it is
    return;
  }
  if (data.task === "count") globalThis.postMessage(counted());
  else if (data.task === "ask") globalThis.postMessage(await ask(data));
  else globalThis.postMessage(await flood(data));
};
