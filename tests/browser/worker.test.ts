// A machine in a worker, on a port that a page's switch has lent to it; and a capture of what passes.

import { execFileSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

const MACHINE = 5;

/** What tshark shows of each frame, field by field. */
function tshark(path: string, ...fields: readonly string[]): string[] {
  const wanted = fields.flatMap((field) => ["-e", field]);
  const options = ["-n", "-r", path, "-T", "fields", "-E", "separator=/s", ...wanted];
  return execFileSync("tshark", options, { encoding: "utf8", stdio: "pipe" }).trimEnd().split("\n");
}

for (const isolated of [true, false]) {
  const test = suite(`a page and its worker, ${isolated ? "isolated" : "not isolated"}`);
  const when = needs(test, CHROMIUM_NEEDS);
  let tabs: Tabs;
  let tab: Tab;

  when("a machine in a worker is in a port", async () => {
    tabs = await Tabs.open({ programs: ["switch", "machine"], isolated });
    tab = await tabs.tab("switch");
    await tab.call("open", [1, 2]);
    assert.is(await tab.call("isThreaded"), isolated);
    await tab.call("startMachine", MACHINE);
    assert.equal(await tab.call("endpoints", MACHINE), ["machine"]);
    assert.equal(await tab.call("say", 1, "a > e", 2), ["1: e > a", "2: a > e"]);
    assert.equal(await tab.call("say", 2, "b > e", 1), ["2: e > b"]);
  });

  for (const how of ["close", "unplug", "terminate"])
    when(`its port is empty after "${how}", and may be lent again`, async () => {
      await tab.call("endMachine", how, MACHINE);
      await tab.call("waitForEmpty", MACHINE);
      await tab.call("startMachine", MACHINE);
      assert.equal(await tab.call("say", 1, "a > e", 2), ["1: e > a", "2: a > e"]); // its address is forgotten
    });

  needs(test, { ...CHROMIUM_NEEDS, commands: ["tshark"] })(
    "a capture is a file that tshark reads",
    inLab(async (lab) => {
      await tab.call("record", {});
      await tab.call("say", 1, "a > e", 1);
      await tab.call("say", 1, "a > b #7 /1518", 0);
      const saved = tab.page.waitForEvent("download");
      assert.equal(await tab.call("save", "lab.pcapng"), { frames: 5, lost: 0 });
      const path = lab.path("lab.pcapng");
      await (await saved).saveAs(path);
      const fields = ["frame.interface_name", "frame.packet_flags_direction", "eth.src", "frame.len"];
      const rows = [
        "port 1 0x00000001 02:00:00:00:00:61 60",
        "port 5 0x00000002 02:00:00:00:00:61 60",
        "port 5 0x00000001 02:00:00:00:00:65 60",
        "port 1 0x00000002 02:00:00:00:00:65 60",
        "port 1 0x00000001 02:00:00:00:00:61 1518",
      ];
      assert.equal(tshark(path, ...fields), rows);
      for (const time of tshark(path, "frame.time_epoch"))
        assert.ok(Math.abs(Number(time) - Date.now() / 1000) < 60, `${time} is a time of today`);
    }),
  );

  when("nothing broke beside that", async () => {
    await tab.call("close");
    const { said } = tabs;
    await tabs.close();
    assert.equal(said, []);
  });

  test.run();
}
