// What a process has once, whatever runs in it: the kernel counts descriptors by process, and libuv has one pool of threads
// in it. So their accounts are here, as the only state of the host that is not somebody's. Timers have no account: each that
// a stranger can cause belongs to a session, a descriptor or a turn, which do.

import { descriptorLimit } from "../native/file.js";
import { Account } from "./account.js";
import { DescriptorCount, reserveOf, spareOf } from "./descriptors.js";
import { Shortage } from "./shortage.js";
import { Turns } from "./turns.js";

/** What was refused, for the log. */
export const shortage = new Shortage();

/** Who wants descriptors, and on whose behalf. */
const DESCRIPTORS = {
  console: "operator",
  api: "operator",
  listener: "operator",
  plug: "client",
  websocket: "client",
  signal: "client",
  crypt: "client",
  wisp: "guest",
  gateway: "guest",
  forward: "guest",
  tftp: "guest",
  names: "guest",
} as const;

export type DescriptorUse = keyof typeof DESCRIPTORS;

const limit = descriptorLimit();

/** Take one before a descriptor is opened, and give it back when that is closed. */
export const descriptors: Account<DescriptorUse> = new Account({
  name: "descriptors",
  purposes: DESCRIPTORS,
  limit: () => limit,
  reserve: reserveOf,
  spare: spareOf,
  inUse: () => open.now(),
  shortage,
});

const open = new DescriptorCount(() => descriptors.taken);

const SESSIONS = {
  console: "operator",
  api: "operator",
  plug: "client",
  websocket: "client",
  signal: "client",
  wisp: "client",
  crypt: "client",
} as const;

const SESSIONS_MAX = 8_192;
const SESSIONS_RESERVE = 512;

/** Whoever is connected. Servers have limits of their own below these. */
export const sessions: Account<keyof typeof SESSIONS> = new Account({
  name: "sessions",
  purposes: SESSIONS,
  limit: () => SESSIONS_MAX,
  reserve: () => SESSIONS_RESERVE,
  shortage,
});

/** Names that strangers want looked up. None of it is done in libuv's pool: see names.ts. */
export const lookups = new Turns({ name: "lookups", perOwner: 16, inAll: 128, waiting: 256, shortage });

/** Files that strangers want read. Half of libuv's four threads, so that the others are there for everything else. */
export const fileWork = new Turns({ name: "files", perOwner: 1, inAll: 2, waiting: 32, shortage });

export const accounts = { descriptors, sessions, lookups, files: fileWork };
