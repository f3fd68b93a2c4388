// What a switch may be opened with, on any host.

import type { Switch, SwitchOptions } from "./switch.js";

export interface Settings extends Partial<SwitchOptions> {
  readonly fstp?: boolean;
  /** Bridge priority, 0 to 65535; the lowest is root. */
  readonly priority?: number;
  /** How many frames may wait for an endpoint, 1 to QUEUE_COUNT. */
  readonly queueLimit?: number;
  /** Forwards frames to 01:80:C2:00:00:00 to 0F as well. */
  readonly transparent?: boolean;
}

/** Sets what a new switch does not take itself. */
export function applySettings(sw: Switch, { fstp, priority, queueLimit, transparent }: Settings): void {
  if (priority !== undefined) sw.fstp.priority = priority;
  if (queueLimit !== undefined) sw.queueLimit = queueLimit;
  if (transparent !== undefined) sw.transparent = transparent;
  if (fstp !== undefined) sw.fstp.enabled = fstp;
}

/** A new address as VDE makes them: 00:ff and four octets of chance. */
export function vdeMac(random: Uint8Array): Uint8Array {
  return Uint8Array.of(0x00, 0xff, ...random.subarray(0, 4));
}
