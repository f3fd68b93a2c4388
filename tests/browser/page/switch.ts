// A switch in a page, and hosts on it that are links of the page.

import { type Link, linkPair, openConsole, openSwitch, type PageConsole, type Switch } from "etherloom/browser";
import { frame, words } from "../../frame.js";

let sw: Switch;
let shell: PageConsole;
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
  return logged;
}

function plugHost(port: number): void {
  const [ours, theirs] = linkPair();
  sw.plug(theirs, { port });
  ours.onframe = (octets) => void heard.push(`${port}: ${words(octets)}`);
  hosts.set(port, ours);
}

/** Sends from a host, and returns what all of them have heard by the time of `count` frames. */
export async function say(port: number, text: string, count: number): Promise<string[]> {
  hosts.get(port)!.send(frame(text));
  const end = Date.now() + 15_000;
  while (heard.length < count && Date.now() < end) await pause(1);
  await pause(20);
  return heard.splice(0).sort();
}

export async function type(line: string): Promise<string> {
  said = "";
  await shell.feed(`${line}\n`);
  return said;
}

export async function close(): Promise<void> {
  await shell.close();
  await sw.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
