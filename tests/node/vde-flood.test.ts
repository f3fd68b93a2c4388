// Clients that connect and say nothing, by the thousand, must not keep anybody from the switch.

import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { descriptorLimit } from "../../host-node/native/file.js";
import { HalfOpen, type Waiting } from "../../host-node/servers/half-open.js";
import { sparingLog } from "../../host-node/servers/sparing-log.js";
import { until } from "../interop/wait.js";
import { type Bench, Client, connected, descriptors, onBench, plugged } from "./vde-bench.js";

const test = suite("half-open connections");

/** Opens connections and leaves them be, as fast as they are accepted. Returns those that are still open. */
async function flood({ lab, server }: Bench, count: number, words = Buffer.of()): Promise<Set<Socket>> {
  const open = new Set<Socket>();
  for (let i = 0; i < count; i++) {
    const socket = await until("there is room in the backlog", () => connectedOrNot(`${server.dir}/ctl`));
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    socket.resume();
    if (words.length > 0) socket.write(words);
    if (i % 100 === 99) await turn();
  }
  lab.later(() => {
    for (const socket of open) socket.destroy();
  });
  return open;
}

function connectedOrNot(path: string): Socket | undefined {
  try {
    return connected(path);
  } catch (error) {
    if ((error as { code?: string }).code === "EAGAIN") return undefined;
    throw error;
  }
}

test(
  "are closed, the oldest first, where one user has too many",
  onBench({ deadlineMs: 600_000 }, async (bench) => {
    const first = [...(await flood(bench, 10))];
    const open = await flood(bench, 100);
    await until("64 are left", () => open.size === 64);
    assert.ok(first.every((socket) => socket.closed));
    assert.match(bench.log.join(), /more than 64 of its connections do so/);
  }),
);

test(
  "are closed when they have asked for nothing for a while",
  onBench({ deadlineMs: 50 }, async (bench) => {
    const open = await flood(bench, 20, Buffer.of(0xce, 0xfa));
    await until("all are closed", () => open.size === 0);
    assert.match(bench.log.join(), /it asked for nothing in 50 ms/);
  }),
);

test(
  "of ten thousand leave the switch to whoever speaks, and no descriptor",
  onBench({ deadlineMs: 600_000 }, async (bench) => {
    const before = descriptors();
    const clients: Client[] = [];
    for (let wave = 0; wave < 100; wave++) {
      await flood(bench, 100);
      if (wave % 10 === 9) clients.push(new Client(bench).ask());
    }
    for (const client of clients) assert.match(await client.answer(), /\.\d+$/);
    assert.is(plugged(bench.sw).length, 10);
    // Of each connection that is left both ends are here; a plug has two sockets on each side.
    await until("no more than 64 are left", () => descriptors() <= before + 64 * 2 + 10 * 4);
    assert.ok(bench.log.length < 1_000, "the log has a line for few of them, as time goes");
  }),
);

test(
  "that bring garbage are as harmless",
  onBench({}, async (bench) => {
    const open = await flood(bench, 3000, Buffer.from("garbage, and more of it"));
    assert.match(await new Client(bench).ask().answer(), /001/);
    await until("all are closed", () => open.size === 0);
  }),
);

test("of one user do not push out those of another", async () => {
  const dropped: number[] = [];
  const halfOpen = new HalfOpen({ perOwner: 3, inAll: 5, deadlineMs: 600_000 });
  const wait = async (uid: number) => {
    const one: Waiting = {
      owner: uid,
      drop() {
        halfOpen.remove(one);
        dropped.push(uid);
      },
    };
    halfOpen.add(one);
    await turn()
      .then(() => turn())
      .then(() => turn());
    return one;
  };
  const all = [];
  for (const uid of [1, 2, 2, 2, 2, 2]) all.push(await wait(uid));
  assert.equal(dropped, [2, 2]);
  for (const uid of [3, 4]) all.push(await wait(uid));
  assert.equal(dropped, [2, 2, 1]);
  for (const one of all) halfOpen.remove(one);
});

test("that speak at once are heard before anybody is pushed out", async () => {
  const dropped: string[] = [];
  const halfOpen = new HalfOpen({ perOwner: 1, inAll: 1, deadlineMs: 600_000 });
  const all = ["first", "second", "third"].map((name) => {
    const one: Waiting = {
      owner: 0,
      drop() {
        halfOpen.remove(one);
        dropped.push(name);
      },
    };
    halfOpen.add(one);
    return one;
  });
  await turn();
  assert.equal(dropped, []);
  halfOpen.remove(all[0]!);
  for (let i = 0; i < 3; i++) await turn();
  assert.equal(dropped, ["second"]);
  halfOpen.remove(all[2]!);
});

test("are few however few descriptors there are", () => {
  const [, soft] = /Max open files +(\d+)/.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  assert.is(descriptorLimit(), Number(soft));
});

test(
  "that come after the last descriptor leave the plugs alone",
  onBench({}, async ({ lab }) => {
    const dir = lab.path("small");
    const program = new URL("vde-program.js", import.meta.url).pathname;
    const shell = 'ulimit -n 120 && exec "$@"';
    const served = lab.start("sh", "-c", shell, "sh", process.execPath, program, dir);
    await served.says(/^serves/m);
    const clients: Client[] = [];
    for (let i = 0; i < 60; i++) clients.push(new Client({ lab, server: { dir } }).ask());
    const answers = await Promise.all(clients.map((client) => client.answer()));
    const kept = clients.filter((_, i) => answers[i] !== "refused");
    assert.ok(kept.length >= 10 && kept.length < 60, `${kept.length} plugs of 60`);
    await until("it says what it lacks", () => /Too many open files/.test(served.complaints()));
    assert.not.ok(kept.some((client) => client.isClosed));
    for (const client of clients.splice(0)) client.hangUp();
    await until("there is room again", async () => {
      const client = new Client({ lab, server: { dir } }).ask();
      const answer = await client.answer();
      client.hangUp();
      return answer !== "refused";
    });
  }),
);

test(
  "of a killed switch are gone, and the next one takes its directory over",
  onBench({}, async ({ lab }) => {
    const dir = lab.path("killed");
    const program = new URL("vde-program.js", import.meta.url).pathname;
    const first = lab.start(process.execPath, program, dir);
    await first.says(/^serves/m);
    const client = new Client({ lab, server: { dir } }).ask(2);
    const answer = await client.answer();
    first.signal("SIGKILL");
    assert.ok(await client.closed());
    await first.exit();
    await lab.start(process.execPath, program, dir).says(/^serves/m);
    assert.is(await new Client({ lab, server: { dir } }).ask(2).answer(), answer);
  }),
);

test("are logged with measure", () => {
  const lines: string[] = [];
  let now = 0;
  const log = sparingLog(
    (text) => void lines.push(text),
    () => now,
  );
  for (let i = 0; i < 1000; i++) log("flood");
  assert.is(lines.length, 20);
  now = 10_000;
  log("later");
  assert.equal(lines.slice(20), ["980 more lines were left out", "later"]);
});

test.run();
