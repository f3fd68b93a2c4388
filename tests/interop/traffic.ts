// TCP and UDP between two network namespaces, and what the kernel threw away of them.

import * as assert from "uvu/assert";
import type { Lab } from "./lab.js";
import type { Namespace } from "./namespace.js";
import type { Program } from "./program.js";

export const NEAR = "10.9.0.1";
export const FAR = "10.9.0.2";
const NEAR_6 = "fd00:9::1";
const FAR_6 = "fd00:9::2";
const MEBIBYTE = 1_048_576;

interface Report {
  readonly end: { readonly sum_received?: { readonly bytes: number }; readonly sum?: { readonly bytes: number } };
}

export function startIn(lab: Lab, { inside }: Namespace, ...command: readonly string[]): Program {
  const [program = "", ...args] = [...inside, ...command];
  return lab.start(program, ...args);
}

async function octetsReceived(lab: Lab, near: Namespace, far: Namespace, ...options: string[]): Promise<number> {
  const server = startIn(lab, far, "iperf3", "--server", "--one-off", "--forceflush");
  await server.says(/Server listening/);
  const to = options.includes("--version6") ? FAR_6 : FAR;
  const client = startIn(lab, near, "iperf3", "--client", to, "--time", "1", "--json", ...options);
  assert.is((await client.exit()).code, 0, client.text());
  await server.exit(); // so that the next one finds its port free
  const { sum_received, sum } = (JSON.parse(client.text()) as Report).end;
  return (sum_received ?? sum)?.bytes ?? 0;
}

/** Segments and datagrams that a namespace threw away because their checksums were wrong. */
async function badChecksums(lab: Lab, namespace: Namespace): Promise<number> {
  const table = startIn(lab, namespace, "cat", "/proc/net/snmp", "/proc/net/snmp6");
  await table.exit();
  const rows = table
    .text()
    .split("\n")
    .map((row) => row.trim().split(/\s+/));
  const inTables = rows.flatMap((names, i) =>
    names.flatMap((name, column) => (name === "InCsumErrors" ? [Number(rows[i + 1]?.[column])] : [])),
  );
  const inLists = rows.flatMap(([name, count]) => (name?.endsWith("InCsumErrors") ? [Number(count)] : []));
  assert.ok(inTables.length > 0);
  return [...inTables, ...inLists].reduce((sum, count) => sum + count, 0);
}

/** What a tap may leave undone: segments of the usual size and of a small one, both families, and UDP's checksums. */
const LOADS = [[], ["--reverse"], ["--set-mss", "200"], ["--version6"], ["--version6", "--reverse"], ["--udp"]];

/** Two namespaces, each with an interface that has NEAR or FAR, carry all of it, and throw nothing away. */
export async function carryAll(
  lab: Lab,
  [near, nearDevice]: readonly [Namespace, string],
  [far, farDevice]: readonly [Namespace, string],
): Promise<void> {
  await near.configure(nearDevice, `${NEAR_6}/64`, "nodad");
  await far.configure(farDevice, `${FAR_6}/64`, "nodad");
  for (const load of LOADS) assert.ok((await octetsReceived(lab, near, far, ...load)) > MEBIBYTE / 16, load.join(" "));
  for (const namespace of [near, far]) assert.is(await badChecksums(lab, namespace), 0);
}
