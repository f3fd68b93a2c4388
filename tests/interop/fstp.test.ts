// Rings and double cables of our switches, and of ours with Debian's vde_switch.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import {
  cable,
  expectOneWay,
  expectRing,
  heardOnce,
  hostAt,
  isIn,
  report,
  roleOf,
  startBridge,
  untilHeard,
} from "./fstp.js";
import { inLab } from "./lab.js";
import { real } from "./switch.js";

const test = suite("fstp");
const withCables = needs(test, { commands: ["dpipe", "vde_plug"] });
const withReal = needs(test, { commands: ["dpipe", "vde_plug", "vde_switch"] });

withCables(
  "two of ours with two cables: one is blocked, and takes over in a moment",
  inLab(async (lab) => {
    const [a, b] = [await startBridge(lab, "a", "01"), await startBridge(lab, "b", "02")];
    const [here, there] = [await hostAt(lab, a), await hostAt(lab, b)];
    const first = cable(lab, a, 1, b, 1);
    cable(lab, a, 2, b, 2);
    await isIn(a, 1, b, 1);
    await isIn(a, 2, b, 2);
    await untilHeard(here, [there]);
    await expectOneWay(here, there);
    assert.is(await roleOf(b, 1), "Root");
    assert.is(await roleOf(b, 2), "Alternate");
    await first.stop();
    report("ours, two cables, one cut", await untilHeard(here, [there]));
    assert.is(await roleOf(b, 2), "Root");
    await heardOnce(here, [there]);
  }),
);

for (const count of [3, 8])
  withCables(
    `a ring of ${count} of ours breaks its loop, and heals`,
    inLab(async (lab) => {
      const names = Array.from({ length: count }, (_, i) => String(i + 1).padStart(2, "0"));
      const switches = await Promise.all(names.map((name) => startBridge(lab, `s${name}`, name)));
      await expectRing(lab, `ours, ring of ${count}`, switches);
    }),
  );

for (const [place, priority] of [
  ["root", "0x1000"],
  ["below", "0x9000"],
] as const)
  for (const paths of [2, 3])
    withReal(
      `${paths} paths to vde_switch, ours ${place}: a broadcast is heard once, and a cut path is replaced`,
      inLab(async (lab) => {
        const ours = await startBridge(lab, "ours", "01", { options: ["--priority", priority] });
        const theirs = await startBridge(lab, "theirs", "02", { command: real });
        const [here, there] = [await hostAt(lab, ours), await hostAt(lab, theirs)];
        const ports = Array.from({ length: paths }, (_, i) => i + 1);
        const cables = ports.map((port) => cable(lab, ours, port, theirs, port));
        for (const port of ports) await isIn(ours, port, theirs, port);
        await untilHeard(here, [there]);
        await expectOneWay(here, there);
        for (const [i, each] of cables.slice(0, -1).entries()) {
          await each.stop();
          report(`vde_switch, ours ${place}, cut ${i + 1} of ${paths}`, await untilHeard(here, [there]));
          await expectOneWay(here, there);
        }
      }),
    );

withReal(
  "a ring of two of ours and two of VDE's",
  inLab(async (lab) => {
    const switches = [
      await startBridge(lab, "a", "01"),
      await startBridge(lab, "b", "02", { command: real }),
      await startBridge(lab, "c", "03"),
      await startBridge(lab, "d", "04", { command: real }),
    ];
    await expectRing(lab, "ring of ours and VDE's", switches);
  }),
);

test.run();
