// Tap to tap: one TCP connection between two network namespaces of our own, through nothing but the switch.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Case, figure, SWITCHES } from "../case.js";
import { atExit } from "../cleanup.js";
import { hostProgram } from "../subjects.js";

const SPACES = [0, 1].map((i) => ({
  name: `loom-bench-${process.pid}-${i}`,
  tap: `lb${process.pid}t${i}`,
  address: `10.213.77.${i + 1}`,
}));

function ip(...args: string[]): void {
  execFileSync(hostProgram("ip")!, args, { timeout: 10_000, stdio: ["ignore", "ignore", "pipe"] });
}

/** Runs a program in a namespace, and returns its standard output; no longer than `ms`. */
async function runIn(space: string, ms: number, ...command: string[]): Promise<string> {
  const child = spawn(hostProgram("ip")!, ["netns", "exec", space, ...command], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: ms,
    killSignal: "SIGKILL",
  });
  const done = atExit(() => child.kill("SIGKILL"));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(child, "close");
  done();
  return output;
}

export const TAPS: readonly string[] = SPACES.map(({ tap }) => tap);

/** Moves two taps that are there each into a namespace of its own, and gives them addresses. */
function layOut(): () => void {
  const remove = () => {
    for (const { name } of SPACES) ip("netns", "del", name);
  };
  for (const { name } of SPACES) ip("netns", "add", name);
  const done = atExit(remove);
  for (const { name, tap, address } of SPACES) {
    ip("link", "set", tap, "netns", name);
    ip("-n", name, "addr", "add", `${address}/24`, "dev", tap);
    ip("-n", name, "link", "set", tap, "up");
  }
  return () => {
    done();
    remove();
  };
}

export function lacksTaps(): string | undefined {
  if (process.getuid?.() !== 0) return "taps and namespaces need root";
  return ["ip", "iperf3"].filter((name) => !hostProgram(name)).map((name) => `${name} is not installed`)[0];
}

export const tapTcp: Case = {
  name: "tap-tcp",
  about:
    "One TCP connection (iperf3) between two taps of the switch, each in its own namespace, frames of at most 1514 octets.",
  subjects: SWITCHES,
  options: { taps: TAPS },
  figures: [figure("throughput", "Gbit/s", { against: "vde_switch", atLeast: 2 }), figure("cpu", "µs/KB")],
  lacks: lacksTaps,
  run: async (running, ms) => {
    const before = running.cpu;
    const { octets, perSecond } = await tcpBetweenTaps(ms);
    return { throughput: perSecond / 1e9, cpu: ((running.cpu - before) * 1e6) / (octets / 1000) };
  },
};

/** One TCP connection between the two taps, which are there. */
export async function tcpBetweenTaps(ms: number): Promise<{ octets: number; perSecond: number }> {
  const remove = layOut();
  const [server, client] = SPACES as [(typeof SPACES)[0], (typeof SPACES)[0]];
  try {
    const serving = runIn(server.name, ms + 15_000, "iperf3", "-s", "-1");
    await sleep(500);
    const seconds = String(Math.max(1, Math.ceil(ms / 1000)));
    const output = await runIn(client.name, ms + 10_000, "iperf3", "-c", server.address, "-J", "-t", seconds);
    await serving;
    const { bytes, bits_per_second } = JSON.parse(output).end.sum_received;
    return { octets: bytes, perSecond: bits_per_second };
  } finally {
    remove();
  }
}
