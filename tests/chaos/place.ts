// Where the chaos happens, as its programs are told on their command line, and what they share.

import { setTimeout as sleep } from "node:timers/promises";
import { openPlug, type Plug } from "../interop/plug.js";

export interface Place {
  readonly folder: string;
  /** The switch that is under attack: its directory, its console, and its ports on the loopback. */
  readonly sock: string;
  readonly mgmt: string;
  readonly ws: number;
  readonly api: number;
  readonly crypt: number;
  /** Answers each datagram, and accepts each connection, at 127.0.0.1. */
  readonly echo: number;
  /** A switch that is joined to it by an encrypted cable. */
  readonly far: string;
  /** A tap of the switch. */
  readonly tap: string;
  readonly seconds: number;
  readonly seed: number;
}

/** Frames of each honest flow that are sent in a second. */
export const RATE = 250;

export interface FlowReport {
  readonly flow: string;
  /** How many of the frames of each second arrived. */
  readonly arrived: readonly number[];
  readonly duplicates: number;
}

/** How long a switch under attack may take to answer a plug. */
const PATIENCE_MS = 5_000;

/** A plug, or undefined where the switch refuses, or does not answer in time. */
export function tryPlug(folder: string, directory: string): Promise<Plug | undefined> {
  return openPlug(folder, directory, { ms: PATIENCE_MS }).catch(() => undefined);
}

/** Waits, and does not wait on when it is time to stop. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, signal && { signal }).catch(() => {});
}

/** An Ethernet frame of a length, from one station to another, by the last octets of their addresses. */
export function ethernet(to: number, from: number, size: number, type = 0x88b5): Uint8Array {
  const frame = new Uint8Array(size);
  const station = (at: number, n: number) => frame.set([2, 0, n >>> 24, n >>> 16, n >>> 8, n], at);
  if (to < 0) frame.fill(255, 0, 6);
  else station(0, to);
  station(6, from);
  frame.set([type >>> 8, type], 12);
  return frame;
}
