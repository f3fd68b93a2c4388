// A switch with every kind of link under honest traffic, and clients that misbehave in every way that we know. In each
// second the honest traffic arrives and the console answers; afterwards nothing has grown, and nothing is left.
//
// CHAOS_S says for how many seconds, CHAOS_SEED which mischief comes when, CHAOS_ONLY which kinds there are, as a regular
// expression. docs/TESTING.md has the long form.

import { existsSync, readdirSync } from "node:fs";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openConsole } from "../interop/console.js";
import { inLab, type Lab } from "../interop/lab.js";
import { run } from "../interop/namespace.js";
import type { Program } from "../interop/program.js";
import { PATIENCE_MS, until } from "../interop/wait.js";
import { descriptorsOf, residentOf } from "../process.js";
import { needs } from "../skip.js";
import { type Bench, makeBench } from "./bench.js";
import { type FlowReport, RATE } from "./place.js";

const test = suite("chaos");
const chaos = needs(test, { commands: ["ip", "mkfifo", "mount"], namespaces: true });

const SECONDS = Number(process.env["CHAOS_S"] ?? 60);
const SEED = Number(process.env["CHAOS_SEED"] ?? Math.floor(Date.now() / 1000));
/** What must arrive of the honest frames of each second. */
const SHARE_MIN = 0.9;
/** How long a console may take, beside what the same question takes at a switch that nobody troubles. */
const ANSWER_MS = 1_000;
const LOOK_MS = 500;
/**
 * What the resident memory may gain from the second quarter of the time to the last. V8 takes some minutes until its heap
 * has the size that the load wants, so a short run can only tell a leak that is fast.
 */
const GROWTH_MAX = (SECONDS < 600 ? 96 : 24) * 2 ** 20;

interface Look {
  readonly answerMs: number;
  readonly calmMs: number;
  readonly resident: number;
}

/** Opens a console, asks one thing, and closes. How long that took, or for ever. */
async function ask(path: string): Promise<number> {
  const start = performance.now();
  let failure = "";
  const socket = createConnection(path).on("error", ({ message }) => {
    failure = message;
  });
  let text = "";
  socket.on("data", (octets) => {
    text += octets;
  });
  const ended = new Promise<boolean>((done) => socket.once("close", () => done(true)));
  socket.write("showinfo\nlogout\n");
  const isDone = await Promise.race([ended, sleep(PATIENCE_MS, false, { ref: false })]);
  socket.destroy();
  if (isDone && /^1000 Success/m.test(text)) return performance.now() - start;
  console.log(`${path}: no answer at ${new Date().toISOString()}, ${failure || JSON.stringify(text)}`);
  return Number.POSITIVE_INFINITY;
}

/** Looks at the switch until a program ends. */
async function watch({ place, attacked, calm }: Bench, honest: Program): Promise<Look[]> {
  const looks: Look[] = [];
  let isOver = false;
  const over = honest.exit((place.seconds + 120) * 1000).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const [answerMs, calmMs] = await Promise.all([ask(place.mgmt), ask(calm)]);
    attacked.orDies();
    looks.push({ answerMs, calmMs, resident: residentOf(attacked.pid) });
    await sleep(LOOK_MS);
  }
  await over;
  return looks;
}

/** Names each second in which too little arrived. */
function poorSeconds({ flow, arrived }: FlowReport): string[] {
  return arrived.flatMap((count, second) =>
    count < SHARE_MIN * RATE ? [`${flow}: ${count} of ${RATE} frames of second ${second}`] : [],
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function growth(looks: readonly Look[]): number {
  const quarter = Math.floor(looks.length / 4);
  const of = (from: number) => mean(looks.slice(from, from + quarter).map(({ resident }) => resident));
  return of(3 * quarter) - of(quarter);
}

/** Unplugs the gateway: what its guests left open would time out only in some minutes. */
async function closeGateway(lab: Lab, { place }: Bench): Promise<void> {
  const console = await openConsole(lab, place.mgmt);
  const ports = await console.command("port/print");
  const its = ports.split(/^Port /m).find((text) => text.includes(": slirp:"));
  const [, port, id] = /^(\d+)[\s\S]*?endpoint ID (\d+) module link +: slirp:/.exec(its ?? "") ?? [];
  assert.match(await console.command(`port/epclose ${port} ${id}`), /^1000 Success/m);
  console.close();
}

async function endsClean({ attacked, place, pidfile }: Bench): Promise<void> {
  attacked.signal("SIGTERM");
  assert.is((await attacked.exit()).code, 0, "it ends in order");
  for (const path of [place.sock, place.mgmt, pidfile]) assert.not.ok(existsSync(path), `${path} is gone`);
  const children = await run("pgrep", ["-P", `${attacked.pid}`]).catch(() => undefined);
  assert.is(children, undefined, "no child is left");
  assert.equal(
    readdirSync(place.folder).filter((name) => name.startsWith("sw.")),
    [],
  );
}

chaos(
  `of ${SECONDS} s leaves honest traffic, the console and the machine as they were`,
  inLab(async (lab) => {
    console.log(`CHAOS_SEED=${SEED}`);
    const bench = await makeBench(lab, SECONDS, SEED);
    const before = descriptorsOf(bench.attacked.pid);
    const words = JSON.stringify(bench.place);
    const honest = bench.start("honest.js", words);
    await honest.says(/ready/);
    const mischief = bench.start("mischief.js", words);
    const looks = await watch(bench, honest);
    await mischief.exit(60_000);
    assert.not.match(mischief.text(), /mischief fails/);
    const flows = JSON.parse(/^\[.*\]$/m.exec(honest.text())?.[0] ?? "[]") as FlowReport[];
    report(flows, looks);
    assert.is(flows.length, 5, honest.text());
    assert.equal(flows.flatMap(poorSeconds), []);
    const slow = looks.filter(({ answerMs, calmMs }) => answerMs - calmMs > ANSWER_MS);
    assert.equal(slow, [], "a console took too long");
    await closeGateway(lab, bench);
    const left = () => descriptorsOf(bench.attacked.pid);
    await until("descriptors are what they were", () => left().length <= before.length).catch(() =>
      assert.equal([...left()].sort(), [...before].sort()),
    );
    assert.ok(growth(looks) < GROWTH_MAX, `${Math.round(growth(looks) / 2 ** 20)} MiB more`);
    await endsClean(bench);
  }),
);

function report(flows: readonly FlowReport[], looks: readonly Look[]): void {
  for (const { flow, arrived, duplicates } of flows)
    console.log(`${flow}: worst second ${Math.min(...arrived)} of ${RATE}, ${duplicates} duplicates`);
  const worst = Math.max(...looks.map(({ answerMs }) => answerMs));
  const most = Math.max(...looks.map(({ resident }) => resident));
  console.log(
    `console: ${Math.round(worst)} ms at worst; memory: ${Math.round(most / 2 ** 20)} MiB at most, ` +
      `${Math.round(growth(looks) / 2 ** 20)} MiB gained`,
  );
}

test.run();
