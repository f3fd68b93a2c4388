// WebSockets: frames delivered and processor time a frame at 10, 100 and 1,000 clients, and what a thousand clients that
// never read cost the others. The servers take turns, round after round.
//
//   node dist/bench/websocket/main.js [ROUNDS [COUNT...]]        a COUNT of 0: only what stalled clients cost

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { atExit } from "../cleanup.js";
import { processorTime, residentMemory } from "../processor.js";
import { temporaryFolder } from "../subjects.js";
import { type Client, connectClient, messageSize } from "./client.js";

/** A peer of the tests brings it along, and whoever installs this package does not have it. */
process.env["WS_NO_BUFFER_UTIL"] = "1";

const RUN_MS = 2_000;
const WARM_MS = 500;
/** What waits for clients that never read comes near to its limit, when the kernel takes no more for them. */
const FULL = 60_000_000;
const PATIENCE_MS = 5_000;
const ROUNDS = Number(process.argv[2] ?? 3);
const COUNTS =
  process.argv.length > 3
    ? process.argv
        .slice(3)
        .map(Number)
        .filter((count) => count > 0)
    : [10, 100, 1000];
const FRAMES_A_TURN = 640;
/** A room for two, who hear nothing of the others. */
const PAIR = "pair";

interface Relay {
  readonly name: string;
  readonly learns: boolean;
  start(): Promise<Started>;
}

function file(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  /** The next line that matches. Ours is asked at its console, the others say it by themselves. */
  readonly ask: (question: string, pattern: RegExp) => Promise<number>;
}

async function started(words: readonly string[], pattern: RegExp): Promise<Started> {
  const child = spawn(process.execPath, [...words], { stdio: ["pipe", "pipe", "inherit"] });
  atExit(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout! });
  const ask = (question: string, wanted: RegExp): Promise<number> =>
    new Promise((done) => {
      const look = (line: string) => {
        const [, number] = wanted.exec(line) ?? [];
        if (number === undefined) return;
        lines.off("line", look);
        done(Number(number));
      };
      lines.on("line", look);
      child.stdin?.write(`${question}\n`);
    });
  return { child, port: await ask("ws/showinfo", pattern), ask };
}

async function startOurs(): Promise<Started> {
  const folder = temporaryFolder();
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  const options = ["--numports", "1024", "--sock", `${folder}/ctl`, "--ws", "0", "--ws-clients", "1024"];
  const words = [file("../../../bin/loom.js"), "switch", ...options, "--ws-room", `${PAIR}=5`];
  return await started(words, /^url=ws:\/\/127\.0\.0\.1:(\d+)/);
}

const OURS: Relay = { name: "etherloom", learns: true, start: startOurs };
const HUB: Relay = { name: "ws hub", learns: false, start: () => started([file("relays.js"), "hub"], /^port (\d+)/) };
const PROXY: Relay = {
  name: "as websockproxy",
  learns: true,
  start: () => started([file("relays.js"), "proxy"], /^port (\d+)/),
};

interface Running extends Pick<Started, "port" | "ask"> {
  readonly pid: number;
  readonly clients: readonly Client[];
}

/** A server with so many clients, which it knows. */
async function withClients<T>(relay: Relay, count: number, work: (running: Running) => Promise<T>): Promise<T> {
  const { child, port, ask } = await relay.start();
  const clients: Client[] = [];
  try {
    for (let i = 0; i < count; i++) clients.push(await connectClient(port, i));
    if (relay.learns) for (const [i, client] of clients.entries()) client.send(i, 64); // to itself: it is learned, and nobody hears it
    await sleep(WARM_MS);
    return await work({ pid: child.pid!, port, ask, clients });
  } finally {
    for (const client of clients) client.close();
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

interface Rate {
  /** Frames delivered a second, microseconds of processor time each, and those that did not come. */
  readonly delivered: number;
  readonly cpu: number;
  readonly lost: number;
}

/** Says a turn's frames, and waits until all have heard theirs, again and again. */
async function measure({ pid, clients }: Running, say: () => void, hear: number, size: number): Promise<Rate> {
  const due = hear * messageSize(size);
  let heard = 0;
  let wake = () => {};
  for (const client of clients)
    client.onoctets = (octets) => {
      heard += octets;
      if (heard >= due) wake();
    };
  const turn = async (): Promise<number> => {
    heard = 0;
    let limit: NodeJS.Timeout | undefined;
    const all = new Promise<void>((done) => {
      limit = setTimeout(done, PATIENCE_MS);
      wake = done;
    });
    say();
    await all;
    clearTimeout(limit);
    return heard / messageSize(size);
  };
  for (const end = performance.now() + WARM_MS; performance.now() < end; ) await turn();
  let [frames, turns] = [0, 0];
  const [cpu, start] = [processorTime(pid), performance.now()];
  for (; performance.now() - start < RUN_MS; turns++) frames += await turn();
  const seconds = (performance.now() - start) / 1000;
  return { delivered: frames / seconds, cpu: ((processorTime(pid) - cpu) * 1e6) / frames, lost: turns * hear - frames };
}

function broadcast(running: Running, size: number, echoes: boolean): Promise<Rate> {
  const { clients } = running;
  const count = Math.max(1, Math.round(FRAMES_A_TURN / clients.length));
  const hear = count * (clients.length - (echoes ? 0 : 1));
  return measure(running, () => clients[0]!.send(undefined, size, count), hear, size);
}

function unicast(running: Running, size: number): Promise<Rate> {
  const { clients } = running;
  const count = Math.max(1, Math.round(FRAMES_A_TURN / clients.length));
  const say = () => {
    for (const [i, client] of clients.entries()) client.send(i ^ 1, size, count);
  };
  return measure(running, say, count * clients.length, size);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function show(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 1000)} k` : String(Number(value.toPrecision(3)));
}

async function compare(
  name: string,
  relays: readonly Relay[],
  clients: number,
  run: (relay: Relay, running: Running) => Promise<Rate>,
) {
  const rates = new Map(relays.map((relay) => [relay.name, [] as Rate[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const relay of relays)
      rates.get(relay.name)!.push(await withClients(relay, clients, (running) => run(relay, running)));
  const ours = rates.get(OURS.name)!;
  for (const [relay, samples] of rates) {
    const [delivered, cpu] = [median(samples.map((rate) => rate.delivered)), median(samples.map((rate) => rate.cpu))];
    const ratio = median(ours.map((rate) => rate.delivered)) / delivered;
    const lost = median(samples.map((rate) => rate.lost));
    console.log(
      `| ${name} | ${relay} | ${show(delivered)} | ${cpu.toFixed(2)} | ${show(lost)} | ${ratio.toFixed(2)}x |`,
    );
  }
}

/** Round trips between two clients, one at a time, for a while: the median and the 99th percentile, in milliseconds. */
async function roundTrips([one, two]: readonly Client[], ms: number): Promise<[p50: number, p99: number]> {
  const times: number[] = [];
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const start = performance.now();
    const heard = new Promise<void>((done) => {
      two!.onoctets = () => two!.send(undefined, 64);
      one!.onoctets = () => done();
    });
    one!.send(undefined, 64);
    await heard;
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return [times[times.length >> 1]!, times[Math.floor(times.length * 0.99)]!];
}

/** A pair's round trips beside a thousand clients, and broadcasts of 1,514 octets to them, who read or do not. */
async function stalled(count: number, stall: boolean, broadcasts: boolean): Promise<void> {
  await withClients(OURS, count, async ({ pid, port, ask, clients }) => {
    const pair = [await connectClient(port, 5000, `/room/${PAIR}`), await connectClient(port, 5001, `/room/${PAIR}`)];
    const [loud, ...others] = clients;
    if (stall) for (const other of others) other.stall();
    while (stall && (await ask("ws/showinfo", /^waiting=(\d+)/)) < FULL) {
      loud!.send(undefined, 9_000, 6);
      await sleep(50);
    }
    const timer = broadcasts ? setInterval(() => loud!.send(undefined, 1514), 100) : undefined;
    const [p50, p99] = await roundTrips(pair, 5_000);
    clearInterval(timer);
    const what = `${count} ${stall ? "that never read" : "that read"}, ${broadcasts ? "10 broadcasts/s" : "silent"}`;
    console.log(`| ${what} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${Math.round(residentMemory(pid))} |`);
    for (const one of pair) one.close();
  });
}

console.log(
  "| load | server | delivered, frames/s | cpu, µs/frame | lost | ours by it |\n| --- | --- | ---: | ---: | ---: | ---: |",
);
for (const count of COUNTS)
  await compare(`broadcast, ${count} clients, 64 octets`, [OURS, HUB, PROXY], count, (relay, running) =>
    broadcast(running, 64, relay === PROXY),
  );
for (const count of COUNTS)
  await compare(`unicast, ${count} clients, 64 octets`, [OURS, PROXY], count, (_relay, running) =>
    unicast(running, 64),
  );
console.log("\n| beside the pair | p50, ms | p99, ms | resident, MB |\n| --- | ---: | ---: | ---: |");
await stalled(0, false, false);
await stalled(1000, false, false);
await stalled(1000, false, true);
await stalled(1000, true, true);
