// Guests in v86 on Node, for a test: gone afterwards, however it ended.

import { Guest } from "../../guests/guest.js";
import { bootIpxe, type Machine, resume, screen } from "../../guests/node.js";
import { guestState } from "../../guests/state.js";
import type { Link } from "../../host/link.js";
import { v86 } from "../../host-browser/v86.js";
import type { Lab } from "./lab.js";
import { until } from "./wait.js";

type Card = Parameters<typeof resume>[1];
type Emulator = Machine["emulator"];

/** Software emulation, on cores that others use too. */
export const GUEST_MS = 240_000;

let state: Promise<Uint8Array> | undefined;

/** A Linux that has booted, and has an adapter. */
export async function startLinux(lab: Lab, card: Card = {}): Promise<Machine> {
  state ??= guestState();
  const machine = resume(await state, card);
  await machine.guest.started();
  lab.later(() => machine.emulator.destroy());
  return machine;
}

/** An iPXE that runs a script. */
export async function startIpxe(lab: Lab, script: string, type: "virtio" | "ne2k"): Promise<Emulator> {
  const emulator = bootIpxe(script, { type });
  await new Guest(emulator).started(); // what has not been made cannot be destroyed
  lab.later(() => emulator.destroy());
  return emulator;
}

/** The adapter of a machine. v86's own types leave out the bus that it is reached by. */
export function cardOf(emulator: Emulator, type: "virtio" | "ne2k" = "virtio"): Link {
  return v86(emulator as unknown as Parameters<typeof v86>[0], { type, onerror: fail });
}

/** A mistake of ours in what a machine calls ends the test run. */
function fail(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Waits until a machine's screen matches. */
export function shows(emulator: Emulator, pattern: RegExp): Promise<string> {
  return until(`a screen shows ${pattern}`, () => pattern.test(screen(emulator)) && screen(emulator), GUEST_MS);
}
