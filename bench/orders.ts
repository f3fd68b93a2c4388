// What the bench asks of its load processes, and what they answer. Ports are numbered from 0, as they were plugged in.

/** Sends frames as fast as the switch takes them, or so many a second. */
export interface SendOrder {
  readonly role: "send";
  readonly ports: readonly number[];
  /** Whose addresses the frames go to, one picked for each frame; "all" broadcasts. */
  readonly to: readonly number[] | "all";
  readonly size: number;
  /** Frames that a port sends in a row, with one call. */
  readonly burst: number;
  readonly perSecond?: number;
  /** A new source address in every frame. */
  readonly disguised?: boolean;
}

/** Reads and counts. */
export interface ReceiveOrder {
  readonly role: "receive";
  readonly ports: readonly number[];
}

/** Sends a frame when the one before has come back, and takes the time. */
export interface PingOrder {
  readonly role: "ping";
  readonly ports: readonly [number];
  readonly to: number;
  readonly size: number;
}

/** Sends every frame back to where it came from. */
export interface EchoOrder {
  readonly role: "echo";
  readonly ports: readonly [number];
}

/** Opens control connections and says nothing on them. */
export interface HoldOrder {
  readonly role: "hold";
  readonly ports: readonly [];
  readonly dir: string;
  readonly count: number;
}

export type Order = SendOrder | ReceiveOrder | PingOrder | EchoOrder | HoldOrder;

/** One run's count. A field that a role does not know is 0 or empty. */
export interface Report {
  readonly sent: number;
  readonly received: number;
  /** Frames that came after one with a higher number, or twice. */
  readonly late: number;
  /** Frames that were meant for another port. */
  readonly strays: number;
  /** How long it sent, or from the first frame received to the last, in seconds. */
  readonly seconds: number;
  /** Frames received by each of the order's ports. */
  readonly byPort: readonly number[];
  /** The median round trip, and the one that 99 of 100 are no longer than, in microseconds. */
  readonly p50: number;
  readonly p99: number;
}

export const NOTHING: Report = { sent: 0, received: 0, late: 0, strays: 0, seconds: 0, byPort: [], p50: 0, p99: 0 };

/** A role, ready to run for so many milliseconds, as often as it is told to. */
export type Role = (ms: number) => Report;
