// The table of addresses, printed while others are served: in VDE's order, whole, and as it was at one moment.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { Session } from "../../host/console/session.js";
import { FdbListing } from "../../host/fdb-listing.js";
import { serveConsole } from "../../host-node/servers/console.js";
import { random } from "../random.js";
import { consoleBench } from "./console-bench.js";

const test = suite("fdb: listing");
const MASK = (1n << 64n) - 1n;

/** As the table of VDE has it, word by word. */
function plainBucket(key: bigint, size: number): number {
  let hash = ((key ^ (key >> 33n)) * 0xff51afd7ed558ccdn) & MASK;
  hash = ((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK;
  return Number(hash % BigInt(size));
}

/** Writes entries into the core's memory as if they had been learned. */
function filled(count: number, seed: number) {
  const bench = consoleBench();
  const { core } = bench;
  const chance = random(seed);
  const keys: bigint[] = [];
  for (let i = 0; i < count; i++) {
    const at = abi.ADDRESSES + (1 + i) * abi.ADDRESS_SIZE;
    const octets = Array.from({ length: 6 }, () => chance.below(256));
    const vlan = chance.below(4095);
    core.octets.set(octets, at + abi.ADDRESS_KEY);
    core.setU16(at + abi.ADDRESS_KEY + 6, vlan);
    core.setU32(at + abi.ADDRESS_SEEN_MS, chance.below(1_000));
    core.setU16(at + abi.ADDRESS_PORT, 1 + chance.below(30));
    keys.push(octets.reduce((key, octet, byte) => key | (BigInt(octet) << BigInt(8 * byte)), BigInt(vlan) << 48n));
  }
  return { ...bench, keys };
}

/** A client that counts the rows of what it reads, and keeps the end. */
class Reader {
  readonly socket: Socket;
  rows = 0;
  isAnswered = false;
  #end = "";

  constructor(path: string) {
    this.socket = createConnection(path).setEncoding("utf8");
    this.socket.on("error", () => {});
    this.socket.on("data", (text: string) => {
      this.rows += text.split("V").length - 1; // of "VLAN", which each row has once
      this.#end = (this.#end + text).slice(-200);
      this.isAnswered ||= this.#end.includes("1000 Success");
    });
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.socket, "data");
  }

  async greeted(): Promise<void> {
    await this.until(() => this.#end.endsWith("vde$ "));
    this.rows = 0;
  }
}

test("every address is there once, by bucket and then by age, whatever the size of the table", () => {
  const { core, keys } = filled(5_000, 11);
  for (const size of [1, 2, 128, 4_096, 8_192, 65_536, 2 ** 30]) {
    const rows = [...new FdbListing(core, 10_000, size).rows()].filter((row) => row !== undefined);
    assert.is(rows.length, keys.length);
    assert.equal(
      rows.map(({ bucket }) => bucket),
      keys.map((key) => plainBucket(key, size)).sort((a, b) => a - b),
    );
    const isOrdered = rows.every((row, i) => {
      const before = rows[i - 1];
      return before === undefined || before.bucket < row.bucket || before.address.ageMs <= row.address.ageMs;
    });
    assert.ok(isOrdered, `size ${size}`);
  }
});

test("what changes while it is read changes nothing in it", () => {
  const { core, sw } = filled(3_000, 12);
  const rows = new FdbListing(core, 10_000, 128).rows();
  const first = Array.from({ length: 1_000 }, () => rows.next().value);
  core.octets.fill(0xff, abi.ADDRESSES, abi.ADDRESSES + 4_000 * abi.ADDRESS_SIZE);
  const all = [...first, ...rows].filter((row) => row !== undefined);
  assert.is(new Set(all.map(({ address: { mac, vlan } }) => `${mac} ${vlan}`)).size, 3_000);
  assert.is([...sw.fdb.list()].length, 0);
});

test("a long answer comes in pieces as it is read, and events wait for its end", async () => {
  const { open, sw } = filled(20_000, 13);
  const manager = open();
  await manager.say("debug/add port/+");
  manager.heard = "";
  manager.isReading = false;
  const answered = manager.session.feed("hash/print\n");
  for (let i = 0; i < 10; i++) await turn();
  const early = manager.heard.length;
  assert.ok(early > 10_000 && early < 100_000, `${early} characters before anything was read`);
  sw.ports.create(5);
  manager.catchUp();
  await answered;
  const lines = manager.heard.split("\n");
  assert.is(lines.filter((line) => line.startsWith("Hash: ")).length, 20_000);
  assert.is(lines[0], "0000 DATA END WITH '.'");
  const end = lines.indexOf(".");
  assert.is(lines[end + 1], "1000 Success");
  assert.ok(lines.findIndex((line) => line.startsWith("3021 port/+")) > end, "no event is within the answer");
});

test("nothing more is made of an answer that nobody reads", async () => {
  const { open } = filled(20_000, 14);
  const manager = open();
  manager.isReading = false;
  const answered = manager.session.feed("hash/print\n");
  for (let i = 0; i < 10; i++) await turn();
  manager.session.close();
  manager.catchUp();
  await answered;
  assert.ok(manager.heard.length < 100_000);
});

test("many who print the whole table hold up nobody else", async () => {
  const { console } = filled(65_536, 15);
  const folder = mkdtempSync(join(tmpdir(), "listing-"));
  const path = join(folder, "mgmt");
  const server = await serveConsole(console, { path });
  const readers = Array.from({ length: 20 }, () => new Reader(path));
  const other = new Reader(path);
  await Promise.all([other, ...readers].map((reader) => reader.greeted()));
  for (const { socket } of readers) socket.write("hash/print\n");
  await Promise.all(readers.map((reader) => reader.until(() => reader.rows > 0)));
  other.socket.write("port/showinfo\n");
  await other.until(() => other.isAnswered);
  assert.ok(!readers.some(({ isAnswered }) => isAnswered), "it came before the first of the long answers");
  await Promise.all(readers.map((reader) => reader.until(() => reader.isAnswered)));
  for (const { rows } of readers) assert.is(rows, 65_536);
  for (const { socket } of [other, ...readers]) socket.destroy();
  await server.close();
  rmSync(folder, { recursive: true });
});

test("what a manager asked for and nobody reads any more is not looked for, but what it ordered is done", async () => {
  const { console, sw } = filled(100, 14);
  let listings = 0;
  const { listing } = sw.fdb;
  sw.fdb.listing = () => {
    listings++;
    return listing.call(sw.fdb);
  };
  const gone = new Session(console, { backlog: 0, isGone: true, write: () => undefined, prompt() {} });
  await gone.feed(`${"hash/print\n".repeat(50)}vlan/create 7\n`);
  assert.is(listings, 0);
  assert.ok([...sw.vlans.list()].includes(7));
});

test.run();
