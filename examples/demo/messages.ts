// What the server of the demo tells its pages, over a WebSocket that is open as long as the page is.

/** Sent at first, and whenever something of it changes. */
export interface News {
  /** The number of this page, from 1; no other open page has it. Its guests' names and addresses come from it. */
  readonly seat: number;
  /** How many pages are open. */
  readonly seats: number;
  /** What is plugged into the switch on Node. */
  readonly plugs: readonly Plugged[];
  /** How programs of this computer plug in, as commands. */
  readonly ways: readonly Way[];
}

export interface Plugged {
  readonly port: number;
  readonly what: string;
}

export interface Way {
  readonly title: string;
  readonly command: string;
}

/** More would not fit the third number of an address. */
export const SEATS_MAX = 250;

/** Where the server takes WebSockets: at this path pages hear news, and at that of the room they plug in. */
export const SOCKETS = "/lan";
export const NEWS = "/news";
/** A trunk: pages are switches, whose tagged frames pass, and whose machines may be met behind more than one of them. */
export const ROOM = "tabs";

/** The network of all pages. */
export const PREFIX = 16;

/** The address of a guest. 10.86.0.x is left to this computer. */
export function addressOf(seat: number, guest: "a" | "b"): string {
  return `10.86.${seat}.${guest === "a" ? 1 : 2}`;
}
