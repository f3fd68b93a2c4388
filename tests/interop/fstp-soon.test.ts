// How soon real plugs may speak under spanning tree: new ones, and those that are in when it is turned on.

import { suite } from "uvu";
import { needs } from "../skip.js";
import { cable, heardOnce, hostAt, isIn, report, startBridge, untilHeard } from "./fstp.js";
import { inLab, type Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import { real, type SwitchBench, startSwitch } from "./switch.js";

const test = suite("fstp, soon");
const withCables = needs(test, { commands: ["dpipe", "vde_plug"] });
const withReal = needs(test, { commands: ["dpipe", "vde_plug", "vde_switch"] });

test(
  "a new plug under --fstp talks in a moment",
  inLab(async (lab) => {
    const bridge = await startBridge(lab, "a", "01");
    const here = await hostAt(lab, bridge);
    for (let port = 1; port <= 5; port++) {
      const guest = await plugInto(lab, bridge.directory, { port });
      report(`plug ${port} talks`, await untilHeard(guest, [here]));
      await heardOnce(guest, [here]);
    }
  }),
);

test(
  "setfstp 1 lets plugs that are in talk on in a moment",
  inLab(async (lab) => {
    const bridge = await startSwitch(lab, "a", {});
    const [here, there] = [await hostAt(lab, bridge), await plugInto(lab, bridge.directory, { port: 1 })];
    await untilHeard(here, [there]);
    await bridge.console.command("fstp/setfstp 1");
    report("setfstp 1", await untilHeard(here, [there]));
    await heardOnce(there, [here]);
  }),
);

/** Turns spanning tree on in a live switch with one cable to another one, and expects both hosts to hear each other on. */
async function turnOn(lab: Lab, what: string, near: SwitchBench, far: SwitchBench): Promise<void> {
  const [here, there] = [await hostAt(lab, near), await hostAt(lab, far)];
  cable(lab, near, 1, far, 1);
  await isIn(near, 1, far, 1);
  await untilHeard(here, [there]);
  await near.console.command("fstp/setfstp 1");
  report(what, await untilHeard(here, [there]));
  await heardOnce(here, [there]);
  await heardOnce(there, [here]);
}

for (const isOn of [true, false])
  withCables(
    `setfstp 1 beside one of ours ${isOn ? "with" : "without"} spanning tree`,
    inLab(async (lab) => {
      const far = isOn ? await startBridge(lab, "far", "02") : await startSwitch(lab, "far", {});
      await turnOn(lab, `setfstp 1, ours ${isOn ? "with" : "without"} it`, await startSwitch(lab, "near", {}), far);
    }),
  );

for (const isOn of [true, false])
  withReal(
    `setfstp 1 beside vde_switch ${isOn ? "with" : "without"} spanning tree`,
    inLab(async (lab) => {
      const options = isOn ? ["--fstp"] : [];
      const far = await startSwitch(lab, "far", { command: real, options });
      await turnOn(
        lab,
        `setfstp 1, vde_switch ${isOn ? "with" : "without"} it`,
        await startSwitch(lab, "near", {}),
        far,
      );
    }),
  );

withCables(
  "a second cable to a switch without spanning tree makes no loop",
  inLab(async (lab) => {
    const [near, far] = [await startBridge(lab, "near", "01"), await startSwitch(lab, "far", {})];
    const [here, there] = [await hostAt(lab, near), await hostAt(lab, far)];
    cable(lab, near, 1, far, 1);
    await isIn(near, 1, far, 1);
    await untilHeard(here, [there]);
    cable(lab, near, 2, far, 2);
    await isIn(near, 2, far, 2);
    await untilHeard(here, [there]);
    for (let i = 0; i < 3; i++) await heardOnce(here, [there]);
  }),
);

test.run();
