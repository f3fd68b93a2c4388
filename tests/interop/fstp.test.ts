// Rings and double cables of our switches, and of ours with Debian's vde_switch.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { cable, heardOnce, hostAt, isIn, report, roleOf, untilHeard } from "./fstp.js";
import { inLab, type Lab } from "./lab.js";
import { real, type SwitchBench, startSwitch } from "./switch.js";

const test = suite("fstp");
const withCables = needs(test, { commands: ["dpipe", "vde_plug"] });
const withReal = needs(test, { commands: ["dpipe", "vde_plug", "vde_switch"] });

const start = (lab: Lab, name: string, mac: string, options: readonly string[] = [], command?: readonly string[]) =>
  startSwitch(lab, name, {
    options: ["--fstp", "--macaddr", `00:ff:00:00:00:${mac}`, ...options],
    ...(command && { command }),
  });

/** Joins switches in a ring: port 1 of each to port 2 of the next. */
async function ring(lab: Lab, switches: readonly SwitchBench[]) {
  const cables = switches.map((from, i) => cable(lab, from, 1, switches[(i + 1) % switches.length]!, 2));
  for (const [i, from] of switches.entries()) await isIn(from, 1, switches[(i + 1) % switches.length]!, 2);
  return cables;
}

withCables(
  "two of ours with two cables: one is blocked, and takes over in a moment",
  inLab(async (lab) => {
    const [a, b] = [await start(lab, "a", "01"), await start(lab, "b", "02")];
    const [here, there] = [await hostAt(lab, a), await hostAt(lab, b)];
    const first = cable(lab, a, 1, b, 1);
    cable(lab, a, 2, b, 2);
    await isIn(a, 1, b, 1);
    await isIn(a, 2, b, 2);
    await untilHeard(here, [there]);
    await heardOnce(here, [there]);
    await heardOnce(there, [here]);
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
      const switches = await Promise.all(names.map((name) => start(lab, `s${name}`, name)));
      const hosts = await Promise.all(switches.map((each) => hostAt(lab, each)));
      const cables = await ring(lab, switches);
      const [here, ...others] = hosts;
      await untilHeard(here!, others);
      await heardOnce(here!, others);
      await cables[0]!.stop();
      report(`ours, ring of ${count}, one cable cut`, await untilHeard(here!, others));
      await heardOnce(here!, others);
    }),
  );

withReal(
  "ours and vde_switch with two cables and with three: a broadcast is heard once, and a cut path is replaced",
  inLab(async (lab) => {
    for (const [n, priority] of ["0x1000", "0x9000"].entries()) {
      const ours = await start(lab, `ours${n}`, "01", ["--priority", priority]);
      const theirs = await start(lab, `theirs${n}`, "02", [], real);
      const [here, there] = [await hostAt(lab, ours), await hostAt(lab, theirs)];
      const cables = [1, 2, 3].map((port) => cable(lab, ours, port, theirs, port));
      for (const port of [1, 2, 3]) await isIn(ours, port, theirs, port);
      await untilHeard(here, [there]);
      await untilHeard(there, [here]);
      await heardOnce(here, [there]);
      await heardOnce(there, [here]);
      await cables[0]!.stop();
      report(`ours ${n === 0 ? "root" : "below"} and vde_switch, one of three cut`, await untilHeard(here, [there]));
      await heardOnce(there, [here]);
      await cables[1]!.stop();
      report(`ours ${n === 0 ? "root" : "below"} and vde_switch, two of three cut`, await untilHeard(here, [there]));
      await heardOnce(there, [here]);
    }
  }),
);

withReal(
  "a ring of two of ours and two of VDE's",
  inLab(async (lab) => {
    const switches = [
      await start(lab, "a", "01"),
      await start(lab, "b", "02", [], real),
      await start(lab, "c", "03"),
      await start(lab, "d", "04", [], real),
    ];
    const hosts = await Promise.all(switches.map((each) => hostAt(lab, each)));
    const cables = await ring(lab, switches);
    const [here, ...others] = hosts;
    await untilHeard(here!, others);
    await heardOnce(here!, others);
    await cables[0]!.stop();
    report("ring of ours and VDE's, one cable cut", await untilHeard(here!, others));
    await heardOnce(here!, others);
  }),
);

test.run();
