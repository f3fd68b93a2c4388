// Taps that are named more than once, or are still another's for a moment.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { needs } from "../skip.js";
import { MACHINE, onMachine } from "./machine.js";

const test = suite("taps of a switch");
const onItsOwn = needs(test, MACHINE);

for (const words of ["-t t0 -t t0", "-t t0,t0", "-t t0 --tap t1 -tap=t0", "-t t0 --link tap://t0"]) {
  onItsOwn(
    `${words} is one tap for each name`,
    inLab(async (lab) => {
      const taps = new Set(words.match(/t\d/g)).size;
      const lines = await onMachine(
        lab,
        `vde_switch -d -s sw -M mgmt ${words} || exit
        unixcmd -s mgmt port/print | grep -c tuntap; ip -br link show type tun | wc -l; unixcmd -s mgmt shutdown`,
      );
      assert.equal(lines, [String(taps), String(taps)]);
    }),
  );
}

onItsOwn(
  "tap%d is another tap each time",
  inLab(async (lab) => {
    const lines = await onMachine(
      lab,
      "vde_switch -d -s sw -M mgmt -t t%d -t t%d || exit; ip -br link show type tun | wc -l; killall vde_switch",
    );
    assert.equal(lines, ["2"]);
  }),
);

onItsOwn(
  "a switch that starts while another one is leaving gets its tap; one that stays is named as busy",
  inLab(async (lab) => {
    const lines = await onMachine(
      lab,
      `vde_switch -d -s one -p one.pid -t t0 || exit
      kill $(cat one.pid); vde_switch -d -s two -p two.pid -t t0 && echo started
      vde_switch -d -s three -t t0 2>&1 || echo refused; kill $(cat two.pid)`,
    );
    assert.is(lines[0], "started");
    assert.match(lines[1] ?? "", /tap t0.*busy or locked: another program has it open$/);
    assert.is(lines[2], "refused");
  }),
);

test.run();
