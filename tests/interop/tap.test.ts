// TCP between two machines that are network namespaces: one behind the switch's own tap, one behind vde_plug2tap.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import type { Program } from "./program.js";
import { startSwitch, underTest } from "./switch.js";

const test = suite("tap");
const withTools = needs(test, { commands: ["ip", "iperf3", "vde_plug2tap"], namespaces: true });

const NEAR = "10.9.0.1";
const FAR = "10.9.0.2";
const MEBIBYTE = 1_048_576;

interface Report {
  readonly end: { readonly sum_received: { readonly bytes: number } };
}

/** The switch lives in `near`, where its tap is; vde_plug2tap in `far`. */
async function machines(lab: Lab): Promise<{ near: Namespace; far: Namespace }> {
  const [near, far] = [await makeNamespace(lab), await makeNamespace(lab)];
  const command = [...near.inside, ...underTest];
  const { directory } = await startSwitch(lab, "sw", { command, options: ["--tap", "near0"] });
  startIn(lab, far, "vde_plug2tap", "-s", directory, "far0");
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
  const client = startIn(lab, near, "iperf3", "--client", FAR, "--time", "2", "--json", ...options);
  assert.is((await client.exit()).code, 0);
  return (JSON.parse(client.text()) as Report).end.sum_received.bytes;
}

withTools(
  "a tap of the switch and vde_plug2tap carry TCP",
  inLab(async (lab) => {
    const { near, far } = await machines(lab);
    assert.ok((await octetsReceived(lab, near, far)) > MEBIBYTE);
    assert.ok((await octetsReceived(lab, near, far, "--reverse")) > MEBIBYTE);
  }),
);

test.run();
