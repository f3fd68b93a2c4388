// What befalls every server alike, and ends none: no descriptors, no memory, a full disk, and peers that are gone in the middle
// of what they ask. Afterwards each serves as before, and what the others had is given back.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ethernet } from "../chaos/place.js";
import { openPlug } from "../interop/plug.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { ask, type Bench, SERVERS, sprayed, startAll } from "./every-server.js";
import { Limited } from "./limited.js";

const test = suite<{ folder: string; bench?: Bench }>("every server");
const DESCRIPTORS = 160;
const SESSIONS = Number(process.env["LOOM_SESSIONS"] ?? 300);

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "every-"));
});

test.after.each(async ({ folder, bench }) => {
  await bench?.program.end();
  rmSync(folder, { recursive: true, force: true });
});

async function connected(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => {});
}

/** All that there are serve, and the program has what it had. */
async function isWell({ program, ...bench }: Bench, before: number, used = SERVERS): Promise<void> {
  for (const { name, serves } of used)
    assert.ok(await until(`${name} serves`, () => serves({ program, ...bench })), name);
  if (!used.some(({ keeps }) => keeps)) await until("descriptors are given back", () => program.descriptors <= before);
  assert.ok(program.isAlive, program.said);
  assert.not.match(program.said, /fault:/);
}

/** Those that let go of a connection as soon as its peer does. */
const PROMPT = SERVERS.filter(({ keeps }) => !keeps);

for (const server of SERVERS) {
  const { name, connect, half } = server;
  test(`${name}: more connections than there are descriptors are refused, and nothing ends`, async (context) => {
    const bench = await startAll(context.folder, { descriptors: DESCRIPTORS });
    context.bench = bench;
    const before = bench.program.descriptors;
    const held = Array.from({ length: 2 * DESCRIPTORS }, () => connect!(bench));
    for (const socket of held) socket.on("error", () => {}).on("connect", () => socket.write(half));
    await Promise.all(held.map(connected));
    if (name !== "console") assert.match(await ask(bench, "showinfo"), /1000 Success/);
    for (const socket of held) socket.destroy();
    await isWell(bench, before, server.keeps ? SERVERS : PROMPT);
    assert.is(await bench.program.end(), 0, bench.program.said);
  });
}

test(`${SESSIONS} sessions of every kind, cut off in the middle of a request, leave nothing behind`, async (context) => {
  const bench = await startAll(context.folder);
  context.bench = bench;
  const { program } = bench;
  const before = program.descriptors;
  for (const { name, connect, half } of PROMPT) {
    const memory = program.memory;
    for (let i = 0; i < SESSIONS; i++) {
      const socket = connect!(bench);
      await connected(socket);
      socket.write(half, () => (i % 2 === 0 ? socket.destroy() : socket.end()));
      if (i % 2 === 1) socket.destroySoon();
    }
    await until(`${name} has closed them`, () => program.descriptors <= before);
    if (process.env["LOOM_SESSIONS"])
      console.log(
        `${name}: ${SESSIONS} sessions, descriptors ${before} -> ${program.descriptors}, RSS ${memory} -> ${program.memory} KiB`,
      );
  }
  await isWell(bench, before, PROMPT);
});

test(`${SESSIONS} sessions of every kind that are served leave nothing behind`, async (context) => {
  const bench = await startAll(context.folder);
  context.bench = bench;
  const { program } = bench;
  const before = program.descriptors;
  for (const { name, serves } of PROMPT) {
    const memory = program.memory;
    for (let i = 0; i < SESSIONS; i++) assert.ok(await serves(bench), `${name}, number ${i}`);
    await until(`${name} has closed them`, () => program.descriptors <= before);
    if (process.env["LOOM_SESSIONS"])
      console.log(
        `${name}: ${SESSIONS} served, descriptors ${before} -> ${program.descriptors}, RSS ${memory} -> ${program.memory} KiB`,
      );
  }
  await isWell(bench, before, PROMPT);
});

test("memory that is refused ends a connection at the most", async (context) => {
  const refusing = join(context.folder, "refuse");
  const module = new URL("refuse-memory.js", import.meta.url).pathname;
  const env = { NODE_OPTIONS: `--import=${module}`, LOOM_REFUSE_MEMORY: refusing };
  const bench = await startAll(context.folder, { env });
  context.bench = bench;
  const before = bench.program.descriptors;
  const all: Promise<unknown>[] = [];
  writeFileSync(refusing, "");
  for (let round = 0; round < 8; round++)
    for (const { connect, half, serves } of PROMPT) {
      const socket = connect!(bench);
      await connected(socket);
      socket.write(Buffer.concat([half, half]), () => socket.destroy());
      const served = serves(bench).catch(() => {});
      all.push(served);
      await Promise.race([served, new Promise((done) => setTimeout(done, 300))]);
    }
  unlinkSync(refusing);
  await Promise.all(all);
  await isWell(bench, before, PROMPT);
  assert.is(await bench.program.end(), 0, bench.program.said);
});

test("cryptcab: datagrams that mean nothing are nothing to it, and it ends in order", async (context) => {
  const bench = await startAll(context.folder);
  context.bench = bench;
  const key = join(context.folder, "key");
  writeFileSync(key, "k".repeat(44), { mode: 0o600 });
  for (const more of [[], ["--compat"]]) {
    const pidfile = join(context.folder, `pid${more.length}`);
    const where = ["-s", join(context.folder, "sw"), "-p", String(bench.crypt), "--pidfile", pidfile];
    const server = await new Limited(["crypt", ...where, "-P", key, ...more], { descriptors: 64 }).has(pidfile);
    await sprayed(bench.crypt, 2_000);
    assert.ok(server.isAlive, server.said);
    assert.is(await server.end(), 0, server.said);
    assert.not.match(server.said, /fault:/);
  }
});

needs(test, { namespaces: true })("a capture on a full disk ends, and the switch goes on", async (context) => {
  const disk = join(context.folder, "disk");
  mkdirSync(disk);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", disk]);
  if (status !== 0) return;
  try {
    const bench = await startAll(context.folder);
    context.bench = bench;
    writeFileSync(join(disk, "fill"), Buffer.alloc(48 << 10));
    const answer = await ask(bench, "plugin/add pdump", `pdump/filename ${join(disk, "cap")}`, "pdump/active 1");
    assert.match(answer, /1000 Success/);
    const plug = await openPlug(context.folder, bench.sock);
    const frame = ethernet(-1, 1, 1_500);
    await until("the log says that the capture has ended", () => {
      plug.offer(frame);
      return bench.program.said.includes("pdump: no more is written: No space left on device");
    });
    plug.close();
    assert.match(await ask(bench, "pdump/showinfo"), /^No space left on device/m);
    assert.match(await ask(bench, "load /dev/full", "showinfo"), /1000 Success/);
    await isWell(bench, bench.program.descriptors);
    assert.is(await bench.program.end(), 0, bench.program.said);
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
});

test.run();
