// TCP and UDP between two machines that are network namespaces: one behind the switch's own tap, one behind vde_plug2tap.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import { startSwitch, underTest } from "./switch.js";
import { debians, ours } from "./tools.js";
import { carryAll, FAR, NEAR, startIn } from "./traffic.js";

const test = suite("tap");
const withTools = needs(test, { commands: ["ip", "iperf3", "vde_plug2tap"], namespaces: true });

const withNamespaces = needs(test, { commands: ["ip", "ping"], namespaces: true });

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

for (const [title, box] of [
  ["our vde_plug2tap", ours],
  ["Debian's vde_plug2tap", debians],
] as const) {
  withTools(
    `a tap of the switch and ${title} carry TCP and UDP, of both families, with right checksums`,
    inLab(async (lab) => {
      const { near, far } = await machines(lab, box(lab, "vde_plug2tap"));
      await carryAll(lab, [near, "near0"], [far, "far0"]);
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
    await carryAll(lab, [near, "near0"], [far, "far0"]);
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
