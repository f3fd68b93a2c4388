// Guests of v86 in a page, on the page's switch: a program that a test calls.

import { broadcastChannel, dialWebSocket, openSwitch, type PageSwitch, v86 } from "etherloom/browser";
import { Guest, MACHINE, type Outcome } from "../../../guests/guest.js";

const guests = new Map<string, Guest>();
let sw: PageSwitch;

/** Opens the switch. Says whether its core has a thread of its own. */
export async function open(): Promise<boolean> {
  sw = await openSwitch({ ports: 8 });
  return sw.isThreaded;
}

/** Wakes a guest in a port. */
export async function start(name: string, address: string, port: number): Promise<void> {
  const { V86 } = (await import(new URL("/v86/libv86.mjs", location.href).href)) as typeof import("v86");
  const emulator = new V86({
    ...MACHINE,
    wasm_path: "/v86/v86.wasm",
    bios: { url: "/guests/bios.bin" },
    vga_bios: { url: "/guests/vgabios.bin" },
    initial_state: { url: "/state" },
    net_device: { type: "virtio" },
  });
  const guest = new Guest(emulator);
  guests.set(name, guest);
  await guest.started();
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
