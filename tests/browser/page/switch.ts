// A switch in a page, with hosts on it that are links of the page, and whatever else a test plugs in.

import {
  broadcastChannel,
  broadcastSignalling,
  dialWebSocket,
  type Endpoint,
  type Link,
  linkPair,
  messagePort,
  openConsole,
  openSwitch,
  type PageCapture,
  type PageConsole,
  type PageSwitch,
  startCapture,
  webRtc,
  webSocketSignalling,
} from "etherloom/browser";
import { frame, words } from "../../frame.js";
import { until } from "../../interop/wait.js";

/** Counts connections to other browsers, and can cut them. */
class CountedConnection extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections++;
  }

  override createDataChannel(...args: Parameters<RTCPeerConnection["createDataChannel"]>): RTCDataChannel {
    const channel = super.createDataChannel(...args);
    calls.push(channel);
    return channel;
  }
}

let connections = 0;
const calls: RTCDataChannel[] = [];
globalThis.RTCPeerConnection = CountedConnection;

export const connectionsMade = () => connections;
export const hangUp = () => {
  for (const channel of calls) channel.close();
};

let sw: PageSwitch;
let shell: PageConsole;
let capture: PageCapture;
let worker: Worker | undefined;
let said = "";
const hosts = new Map<number, Link>();
const heard: string[] = [];

/** Opens a switch with a host in each of these ports. Returns what it logged. */
export async function open(ports: readonly number[], settings: object = {}): Promise<string[]> {
  const logged: string[] = [];
  sw = await openSwitch({ ...settings, log: (text) => void logged.push(text) });
  for (const port of ports) plugHost(port);
  const write = (text: string) => {
    said += text;
  };
  shell = openConsole(sw, { write });
  heard.length = 0;
  return logged;
}

function plugHost(port: number): void {
  const [ours, theirs] = linkPair();
  sw.plug(theirs, { port });
  ours.onframe = (octets) => void heard.push(`${port}: ${words(octets)}`);
  hosts.set(port, ours);
}

/** Ways out of the page, by name. Each returns the link when somebody may be at its other end. */
const CABLES: Readonly<Record<string, (name: string) => Link | Promise<Link>>> = {
  broadcast: (name) => broadcastChannel(name),
  hub: (name) => messagePort(new SharedWorker("/page/hub.js", { name, type: "module" }).port),
  rtc: (name) => webRtc({ signalling: broadcastSignalling(name) }),
  "rtc by a server": async (url) => webRtc({ signalling: await webSocketSignalling(url) }),
  ws: (url) => dialWebSocket(url),
};

const cables = new Map<number, Link>();

export async function plug(port: number, kind: string, name: string): Promise<void> {
  const link = await CABLES[kind]!(name);
  sw.plug(link, { port });
  cables.set(port, link);
}

export const cut = (port: number) => cables.get(port)?.close();

/** Waits until so many others are on a cable that knows. */
export async function meet(port: number, count: number): Promise<void> {
  const cable = cables.get(port) as Link & { readonly peers: number };
  await until(`${count} peers, there are ${cable.peers}`, () => cable.peers === count);
}

/** Lends a port to a worker, in which a machine answers. */
export async function startMachine(port: number): Promise<void> {
  worker = new Worker("/page/machine.js", { type: "module" });
  const { handle } = sw.lend({ port, name: "machine" });
  const ready = new Promise((done) => worker!.addEventListener("message", done, { once: true }));
  worker.postMessage(handle, [handle.port]);
  await ready;
}

/** Ends the machine: by its own hand, by the switch's, or without a word. */
export function endMachine(how: "close" | "unplug" | "terminate", port: number): void {
  if (how === "close") worker?.postMessage("close");
  else if (how === "terminate") worker?.terminate();
  else for (const endpoint of sw.ports.get(port).endpoints) sw.unplug(endpoint);
}

export const isThreaded = () => sw.isThreaded;
export const endpoints = (port: number) => sw.ports.get(port).endpoints.map(({ description }: Endpoint) => description);
export const received = (port: number) => sw.counters(port).rxFrames;
export const roleOf = (port: number) => sw.fstp.branch(0, port)?.role;

export async function waitForEmpty(port: number): Promise<void> {
  await until(`nothing in port ${port}`, () => sw.ports.get(port).endpoints.length === 0);
}

/** Sends from a host. */
export function send(port: number, text: string): void {
  hosts.get(port)!.send(frame(text));
}

/** What the hosts have heard when there are `count` frames, and then a little more time. */
export async function hear(count: number): Promise<string[]> {
  await until(`${count} frames, of ${heard.join(", ")}`, () => heard.length >= count);
  await new Promise((done) => setTimeout(done, 30));
  return heard.splice(0).sort();
}

/** What was heard so far. */
export const overhear = () => heard.splice(0);

export function say(port: number, text: string, count: number): Promise<string[]> {
  send(port, text);
  return hear(count);
}

export async function type(line: string): Promise<string> {
  said = "";
  await shell.feed(`${line}\n`);
  return said;
}

export function record(options: object): void {
  capture = startCapture(sw, options);
}

/** Ends a capture, and lets the browser save it. */
export function save(name: string): { frames: number; lost: number } {
  capture.stop();
  capture.download(name);
  return { frames: capture.frames, lost: capture.lost };
}

export async function close(): Promise<void> {
  worker?.terminate();
  await shell.close();
  await sw.close();
}
