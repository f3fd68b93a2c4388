// TCP and UDP between two machines that are network namespaces: one behind the switch's own tap, one behind vde_plug2tap.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import type { Program } from "./program.js";
import { startSwitch, underTest } from "./switch.js";
import { debians, ours } from "./tools.js";

const test = suite("tap");
const withTools = needs(test, { commands: ["ip", "iperf3", "vde_plug2tap"], namespaces: true });

const withNamespaces = needs(test, { commands: ["ip", "ping"], namespaces: true });

const NEAR = "10.9.0.1";
const FAR = "10.9.0.2";
const NEAR_6 = "fd00:9::1";
const FAR_6 = "fd00:9::2";
const MEBIBYTE = 1_048_576;

interface Report {
  readonly end: { readonly sum_received?: { readonly bytes: number }; readonly sum?: { readonly bytes: number } };
}

/** The switch lives in `near`, where its tap is; vde_plug2tap in `far`. */
async function machines(lab: Lab, tool: string): Promise<{ near: Namespace; far: Namespace }> {
  const [near, far] = [await makeNamespace(lab), await makeNamespace(lab)];
  const command = [...near.inside, ...underTest];
  const { directory } = await startSwitch(lab, "sw", { command, options: ["--tap", "near0"] });
  startIn(lab, far, tool, "-s", directory, "far0");
  await near.configure("near0", `${NEAR}/24`);
  await far.configure("far0", `${FAR}/24`);
  return { near, far };
}

function startIn(lab: Lab, { inside }: Namespace, ...command: readonly string[]): Program {
  const [program = "", ...args] = [...inside, ...command];
  return lab.start(program, ...args);
}

async function octetsReceived(lab: Lab, near: Namespace, far: Namespace, ...options: string[]): Promise<number> {
  await startIn(lab, far, "iperf3", "--server", "--one-off", "--forceflush").says(/Server listening/);
  const to = options.includes("--version6") ? FAR_6 : FAR;
  const client = startIn(lab, near, "iperf3", "--client", to, "--time", "1", "--json", ...options);
  assert.is((await client.exit()).code, 0, client.text());
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

async function carryAll(lab: Lab, near: Namespace, far: Namespace): Promise<void> {
  await near.configure("near0", `${NEAR_6}/64`, "nodad");
  await far.configure("far0", `${FAR_6}/64`, "nodad");
  for (const load of LOADS) assert.ok((await octetsReceived(lab, near, far, ...load)) > MEBIBYTE / 16, load.join(" "));
  for (const namespace of [near, far]) assert.is(await badChecksums(lab, namespace), 0);
}

for (const [title, box] of [
  ["our vde_plug2tap", ours],
  ["Debian's vde_plug2tap", debians],
] as const) {
  withTools(
    `a tap of the switch and ${title} carry TCP and UDP, of both families, with right checksums`,
    inLab(async (lab) => {
      const { near, far } = await machines(lab, box(lab, "vde_plug2tap"));
      await carryAll(lab, near, far);
    }),
  );
}

withTools(
  "two taps of the switch do, too",
  inLab(async (lab) => {
    const [near, far] = [await makeNamespace(lab), await makeNamespace(lab)];
    const command = [...near.inside, ...underTest];
    await startSwitch(lab, "sw", { command, options: ["--tap", "near0", "--tap", "far0"] });
    await startIn(lab, near, "ip", "link", "set", "far0", "netns", far.name).exit();
    await near.configure("near0", `${NEAR}/24`);
    await far.configure("far0", `${FAR}/24`);
    await carryAll(lab, near, far);
  }),
);

withNamespaces(
  "our vde_plug2tap joins two taps by dpipe, and ends with its interface's end or a signal",
  inLab(async (lab) => {
    const [near, far] = [await makeNamespace(lab), await makeNamespace(lab)];
    const [pipe, tool] = [ours(lab, "dpipe"), ours(lab, "vde_plug2tap")];
    const cable = lab.start(pipe, ...near.inside, tool, "-s", "-", "tap0", "=", ...far.inside, tool, "-s", "-", "tap0");
    await near.configure("tap0", `${NEAR}/24`);
    await far.configure("tap0", `${FAR}/24`);
    await startIn(lab, near, "ping", "-c", "2", "-i", "0.2", FAR).says(/ 2 received/);
    cable.signal("SIGTERM");
    assert.is((await cable.exit()).code, 0);
  }),
);

test.run();
