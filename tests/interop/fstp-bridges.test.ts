// Our switch and bridges of other makes, with two paths and with three between them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { linuxBridge, type MakeBridge, meshAround, openVSwitch } from "./bridges.js";
import { expectOneWay, hostAt, report, roleOf, untilHeard } from "./fstp.js";
import { inLab } from "./lab.js";

const test = suite("fstp with other bridges");
const withLinux = needs(test, { commands: ["ip"], namespaces: true });
const withOvs = needs(test, { commands: ["ip", "ovs-vsctl", "ovs-vswitchd", "ovsdb-server"], namespaces: true });

/** A copy that goes round through another bridge takes its time. */
const COPY_MS = 1000;

function scenario(what: string, make: MakeBridge, paths: number, priority: string): () => Promise<void> {
  return inLab(async (lab) => {
    const { near, far, cut } = await meshAround(lab, make, paths, { priority, times: "1 6 4" });
    const [here, there] = [await hostAt(lab, near), await hostAt(lab, far)];
    report(`${what}, first broadcast`, await untilHeard(here, [there]));
    await expectOneWay(here, there, COPY_MS);
    const roles = await Promise.all(Array.from({ length: paths }, (_, i) => roleOf(near, i + 1)));
    const first = roles.findIndex((role) => role === (priority === "0x1000" ? "Designated" : "Root"));
    assert.ok(first >= 0, roles.join());
    for (let i = 0; i + 1 < paths; i++) {
      await cut((first + i) % paths);
      report(`${what}, cut ${i + 1} of ${paths}`, await untilHeard(here, [there]));
      await expectOneWay(here, there, COPY_MS);
    }
  });
}

for (const [place, priority] of [
  ["above", "0x1000"],
  ["below", "0xf000"],
] as const)
  for (const paths of [2, 3]) {
    const linux = `${paths} paths to Linux's bridge with STP, ${place} it`;
    const isSpared = (place === "above") === (paths === 3); // it waits for timers, so that each takes half a minute
    if (!isSpared) withLinux(linux, scenario(linux, linuxBridge, paths, priority));
    const ovs = `${paths} paths to Open vSwitch with RSTP, ${place} it`;
    withOvs(ovs, scenario(ovs, openVSwitch, paths, priority));
  }

test.run();
