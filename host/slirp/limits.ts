// How much of a gateway may be taken, by all guests and by one of them. Command lines, URLs and consoles name these limits
// alike; a running gateway takes other numbers.

import { refuse } from "../errors.js";

export interface Limits {
  /** TCP connections, in all and of one guest. */
  readonly flows: number;
  readonly flowsPerGuest: number;
  /** UDP ports of guests, in all and of one guest. */
  readonly sockets: number;
  readonly socketsPerGuest: number;
  /** Octets that a connection may have on their way: what guests may send, and what is sent to them. */
  readonly window: number;
  /** Octets of connections that wait here, in all and of one guest. */
  readonly memory: number;
  readonly memoryPerGuest: number;
  /** Octets a second of one guest in each direction, 0 for any number; and at once. */
  readonly ratePerGuest: number;
  readonly burstPerGuest: number;
}

interface Limit {
  /** As people write it. */
  readonly name: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
  readonly help: string;
}

const MEBIBYTE = 1 << 20;

export const LIMIT_TABLE: Readonly<Record<keyof Limits, Limit>> = {
  flows: { name: "flows", usual: 4_096, least: 1, most: 65_536, help: "TCP connections" },
  flowsPerGuest: { name: "guestflows", usual: 2_048, least: 1, most: 65_536, help: "TCP connections of one guest" },
  sockets: { name: "ports", usual: 1_024, least: 1, most: 65_536, help: "UDP ports" },
  socketsPerGuest: { name: "guestports", usual: 512, least: 1, most: 65_536, help: "UDP ports of one guest" },
  window: {
    name: "window",
    usual: 131_072,
    least: 4_096,
    most: MEBIBYTE,
    help: "octets on their way, of a connection",
  },
  memory: { name: "memory", usual: 256 * MEBIBYTE, least: MEBIBYTE, most: 2 ** 36, help: "octets that wait" },
  memoryPerGuest: {
    name: "guestmemory",
    usual: 64 * MEBIBYTE,
    least: MEBIBYTE,
    most: 2 ** 36,
    help: "octets that wait, of one guest",
  },
  ratePerGuest: {
    name: "guestrate",
    usual: 0,
    least: 0,
    most: 2 ** 36,
    help: "octets a second of one guest, in each direction; 0 for any number",
  },
  burstPerGuest: {
    name: "guestburst",
    usual: 2 * MEBIBYTE,
    least: 16_384,
    most: 2 ** 36,
    help: "octets of one guest at once, where there is a rate",
  },
};

export const LIMIT_LIST = Object.entries(LIMIT_TABLE) as readonly (readonly [keyof Limits, Limit])[];

export const LIMITS = Object.fromEntries(LIMIT_LIST.map(([key, { usual }]) => [key, usual])) as unknown as Limits;

export type SomeLimits = Partial<Limits>;

/** A limit by its name, and what it is to be. EINVAL, with what there is, where that cannot be. */
export function limitOf(name: string, digits: string): SomeLimits {
  const found = LIMIT_LIST.find(([, limit]) => limit.name === name);
  if (found === undefined)
    return refuse("EINVAL", `${name}: the limits are ${LIMIT_LIST.map(([, limit]) => limit.name).join(", ")}`);
  const [key, { least, most }] = found;
  const number = /^\d{1,12}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(number >= least && number <= most)) refuse("EINVAL", `${name} ${digits}: it is ${least} to ${most}`);
  return { [key]: number };
}

/** Reads NAME=NUMBER, as "guestflows=100". */
export function parseLimit(text: string): SomeLimits {
  const [, name = text, digits = ""] = /^(.*?)=(.*)$/s.exec(text) ?? [];
  return limitOf(name, digits);
}

/** Limits of a gateway that runs. They are the same object always, whatever they say. */
export class LiveLimits implements Limits {
  flows = LIMITS.flows;
  flowsPerGuest = LIMITS.flowsPerGuest;
  sockets = LIMITS.sockets;
  socketsPerGuest = LIMITS.socketsPerGuest;
  window = LIMITS.window;
  memory = LIMITS.memory;
  memoryPerGuest = LIMITS.memoryPerGuest;
  ratePerGuest = LIMITS.ratePerGuest;
  burstPerGuest = LIMITS.burstPerGuest;

  constructor(given: SomeLimits = {}) {
    this.set(given);
  }

  set(given: SomeLimits): void {
    Object.assign(this, given);
  }
}
