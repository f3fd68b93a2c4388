// Guests of v86 in a page, on the page's switch: a program that a test calls.

import { broadcastChannel, dialWebSocket, openSwitch, type PageSwitch, v86 } from "etherloom/browser";
import type { Guest, Outcome } from "../../../guests/guest.js";
import { wake } from "./wake.js";

const guests = new Map<string, Guest>();
let sw: PageSwitch;

/** Opens the switch. Says whether its core has a thread of its own. */
export async function open(): Promise<boolean> {
  sw = await openSwitch({ ports: 8 });
  return sw.isThreaded;
}

/** Wakes a guest in a port. */
export async function start(name: string, address: string, port: number): Promise<void> {
  const { emulator, guest } = await wake();
  guests.set(name, guest);
  sw.plug(v86(emulator), { port });
  await guest.do(`network ${name} ${address}`);
}

/** Runs a line of shell in a guest. */
export function run(name: string, line: string): Promise<Outcome> {
  const guest = guests.get(name);
  if (guest === undefined) throw new Error(`there is no guest ${name}`);
  return guest.run(line);
}

/** Plugs in a cable to other tabs, or to a server. */
export async function plug(port: number, url?: string): Promise<void> {
  sw.plug(url === undefined ? broadcastChannel("guests") : await dialWebSocket(url), { port });
}
