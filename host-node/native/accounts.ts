// Users and groups as the machine knows them, from whichever source nsswitch.conf names. Nothing is kept: an account may
// change while the switch runs, and the C library has a cache of its own where that pays.

import { readFileSync } from "node:fs";
import type { Identity } from "../../host/ports.js";
import { addressOf, bind, cString } from "./libc.js";

const ERANGE = 34;
const BUFFER_SIZE = 4_096;
const BUFFER_SIZE_MAX = 4_194_304; // a group of some hundred thousand members
const GROUPS_MAX = 65_536; // NGROUPS_MAX of Linux

// struct passwd and struct group of every 64-bit libc on Linux begin alike: two pointers, the first to the name, then the
// number; a user's primary group follows.
const RECORD_SIZE = 48;
const RECORD_NAME = 0;
const RECORD_ID = 16;
const RECORD_GID = 20;

type Key = string | number;
type Lookup = (key: Key, record: Uint8Array, strings: Uint8Array, size: number, result: Uint8Array) => number;
type ByName = [Uint8Array, Uint8Array, Uint8Array, number, Uint8Array];
type ById = [number, Uint8Array, Uint8Array, number, Uint8Array];

const tail = "void *record, void *strings, uint64_t size, void *result)";
const cUserByName = bind<ByName>(`int getpwnam_r(void *name, ${tail}`);
const cUserById = bind<ById>(`int getpwuid_r(uint32_t uid, ${tail}`);
const cGroupByName = bind<ByName>(`int getgrnam_r(void *name, ${tail}`);
const cGroupById = bind<ById>(`int getgrgid_r(uint32_t gid, ${tail}`);
const cGroupList = bind<[Uint8Array, number, Uint8Array, Uint8Array]>(
  "int getgrouplist(void *user, uint32_t gid, void *groups, void *count)",
);

const user: Lookup = (key, ...rest) =>
  typeof key === "string" ? cUserByName(cString(key), ...rest) : cUserById(key, ...rest);
const group: Lookup = (key, ...rest) =>
  typeof key === "string" ? cGroupByName(cString(key), ...rest) : cGroupById(key, ...rest);

interface Account {
  readonly name: string;
  readonly id: number;
  readonly gid: number;
}

function find(lookup: Lookup, key: Key, size = BUFFER_SIZE): Account | undefined {
  const record = new Uint8Array(new ArrayBuffer(RECORD_SIZE));
  const strings = new Uint8Array(new ArrayBuffer(size));
  const result = new Uint8Array(8);
  const failure = lookup(key, record, strings, size, result);
  if (failure === ERANGE && size < BUFFER_SIZE_MAX) return find(lookup, key, size * 4);
  if (failure !== 0 || result.every((octet) => octet === 0)) return undefined;
  const view = new DataView(record.buffer);
  const name = Number(view.getBigUint64(RECORD_NAME, true)) - addressOf(strings.buffer);
  return {
    name: new TextDecoder().decode(strings.subarray(name, strings.indexOf(0, name))),
    id: view.getUint32(RECORD_ID, true),
    gid: view.getUint32(RECORD_GID, true),
  };
}

/** A name, or else digits: a name of digits is a name, as chown(1) has it. The number -1 means none, everywhere. */
function findNumber(lookup: Lookup, name: string): number | undefined {
  const found = find(lookup, name)?.id;
  if (found !== undefined || !/^\d{1,10}$/.test(name)) return found;
  return Number(name) < 0xffff_ffff ? Number(name) : undefined;
}

/** The number of a user by name or by digits, or undefined where there is none. */
export function findUser(name: string): number | undefined {
  return findNumber(user, name);
}

/** The number of a group by name or by digits, or undefined where there is none. */
export function findGroup(name: string): number | undefined {
  return findNumber(group, name);
}

/** The name of a user, or its digits where it has none. */
export function userName(uid: number): string {
  return find(user, uid)?.name ?? String(uid);
}

/** The name of a group, or its digits where it has none. */
export function groupName(gid: number): string {
  return find(group, gid)?.name ?? String(gid);
}

/** Every group that a user is a member of, the primary one among them; none for a user without a name. */
function groupsOf(uid: number): Uint32Array {
  const account = find(user, uid);
  if (account === undefined) return new Uint32Array();
  const groups = new Uint32Array(GROUPS_MAX);
  const count = Uint32Array.of(groups.length);
  const octets = (words: Uint32Array) => new Uint8Array(words.buffer);
  if (cGroupList(cString(account.name), account.gid, octets(groups), octets(count)) < 0) return new Uint32Array();
  return groups.subarray(0, count[0]);
}

/**
 * Who a process is, by its credentials. A member of a group is who has it as its own group or among `held`, or whom the
 * machine lists in it; that list is read once, when it is first asked for.
 */
export function identityOf(uid: number, gid: number, held: readonly number[] = []): Identity {
  let listed: Uint32Array | undefined;
  const inGroup = (wanted: number) => {
    if (wanted === gid || held.includes(wanted)) return true;
    listed ??= groupsOf(uid);
    return listed.includes(wanted);
  };
  return { uid, inGroup };
}

/** Whether a number is that of one user or group in this user namespace, and can be given files: user_namespaces(7). */
export function isMapped(kind: "uid" | "gid", id: number): boolean {
  const ranges = readFileSync(`/proc/self/${kind}_map`, "latin1").trim().split("\n");
  return ranges.some((range) => {
    const [first = 0, , count = 0] = range.trim().split(/\s+/).map(Number);
    return id >= first && id < first + count;
  });
}
