// A guest of v86 behind a gateway in this page: a program that a test calls.

import {
  dialWebSocket,
  type Endpoint,
  gateway,
  type Link,
  openSwitch,
  type PageGatewayOptions,
  type PageSwitch,
  v86,
} from "etherloom/browser";
import type { Guest, Outcome } from "../../../guests/guest.js";
import { wake } from "./wake.js";

let sw: PageSwitch;
let guest: Guest;
let way: Endpoint | undefined;

/** Opens the switch, with a guest in it. Says whether its core has a thread of its own. */
export async function open(): Promise<boolean> {
  sw = await openSwitch({ ports: 8 });
  const woken = await wake();
  guest = woken.guest;
  sw.plug(v86(woken.emulator), { port: 1 });
  return sw.isThreaded;
}

/** Plugs in a gateway, in the place of the one before. `world` is the server that all of its HTTP goes to. */
export async function lead(options: PageGatewayOptions, world?: string): Promise<void> {
  const via = (url: string) => url.replace(/^http:\/\/cors\.example/, world!);
  turnTo(await gateway(world === undefined ? options : { ...options, fetch: { via } }));
}

/** Plugs in a cable to a switch that has a gateway, instead. */
export async function cable(url: string): Promise<void> {
  turnTo(await dialWebSocket(url));
}

function turnTo(link: Link): void {
  if (way !== undefined) sw.unplug(way);
  way = sw.plug(link, { port: 8 });
}

/** Runs a line of shell in the guest. */
export function run(line: string): Promise<Outcome> {
  return guest.run(line);
}

/** What the gateway says of options that cannot be meant. */
export async function complaint(options: PageGatewayOptions): Promise<string> {
  return await gateway(options).then(
    () => "none",
    (error: Error) => error.message,
  );
}

export async function close(): Promise<void> {
  await sw.close();
}
