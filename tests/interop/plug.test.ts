// vde_plug and dpipe of Debian on the switch under test: frames both ways, cables, and the choice of a port.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { openConsole } from "./console.js";
import { crosses, heard, plugged } from "./crossing.js";
import { frame, framed } from "./frames.js";
import { inLab } from "./lab.js";
import { plugInto } from "./plug.js";
import { isReal, startSwitch } from "./switch.js";
import { until } from "./wait.js";

const test = suite("vde_plug");
const withPlug = needs(test, { commands: ["vde_plug"] });
const withPipe = needs(test, { commands: ["vde_plug", "dpipe"] });
const withFilter = needs(test, { commands: ["vde_plug", "dpipe", "wirefilter"] });
const whereRefusalsAreAnswered = needs(test, {
  commands: ["vde_plug"],
  unless: isReal && "vde_switch 2.3.2 leaves a refused plug waiting for ever",
});

test(
  "frames of a plug reach the others, and not the sender",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "sw");
    const [a, b, c] = [await plugInto(lab, directory), await plugInto(lab, directory), await plugInto(lab, directory)];
    a.send(frame("a > * where is b"));
    await b.hears("a > * where is b");
    await c.hears("a > * where is b");
    b.send(frame("b > a here"));
    await a.hears("b > a here");
    a.send(frame("a > * end"));
    await c.hears("a > * end");
    assert.equal(c.all(), ["a > * where is b", "a > * end"]);
    assert.equal(a.all(), ["b > a here"]);
  }),
);

withPlug(
  "vde_plug carries frames between a switch and its standard input and output",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw");
    const peer = await plugInto(lab, bench.directory);
    const tool = lab.start("vde_plug", bench.directory);
    await plugged(bench);
    tool.tell(framed(frame("t > * from the tool")));
    await peer.hears("t > * from the tool");
    peer.send(frame("p > t to the tool"));
    await until("the tool writes the frame", () => heard(tool).includes("p > t to the tool"));
  }),
);

withPipe(
  "a cable of dpipe and two vde_plugs joins two switches",
  inLab(async (lab) => {
    const [one, two] = [await startSwitch(lab, "one"), await startSwitch(lab, "two")];
    lab.start("dpipe", "vde_plug", one.directory, "=", "vde_plug", two.directory);
    await crosses(lab, one, two);
  }),
);

withPlug(
  "a cable of one vde_plug with two names joins two switches",
  inLab(async (lab) => {
    const [one, two] = [await startSwitch(lab, "one"), await startSwitch(lab, "two")];
    lab.start("vde_plug", one.directory, `vde://${two.directory}`);
    await crosses(lab, one, two);
  }),
);

withFilter(
  "a wirefilter in the cable lets frames through, or loses them all",
  inLab(async (lab) => {
    const [one, two] = [await startSwitch(lab, "one"), await startSwitch(lab, "two")];
    const filter = lab.path("filter");
    lab.start("dpipe", "vde_plug", one.directory, "=", "wirefilter", "-M", filter, "=", "vde_plug", two.directory);
    await plugged(one);
    await plugged(two);
    const [a, b] = [await plugInto(lab, one.directory), await plugInto(lab, two.directory)];
    a.send(frame("a > * good cable"));
    await b.hears("a > * good cable");
    const cable = await openConsole(lab, filter, { prompt: "\nVDEwf$ " });
    await cable.command("loss LR 100");
    a.send(frame("a > * lost"));
    b.send(frame("b > * still heard"));
    await a.hears("b > * still heard");
    await cable.command("loss 0");
    a.send(frame("a > * good again"));
    await b.hears("a > * good again");
    assert.equal(b.all(), ["a > * good cable", "a > * good again"]);
  }),
);

for (const [suffix, port] of [
  ["[3]", 3],
  ["[port=4]", 4],
  ["[0]", 0],
] as const) {
  withPlug(
    `vde://DIR${suffix} chooses port ${port}`,
    inLab(async (lab) => {
      const bench = await startSwitch(lab, "sw");
      lab.start("vde_plug", `vde://${bench.directory}${suffix}`);
      const answer = await plugged(bench, port);
      assert.match(answer, new RegExp(`^Port 000${port} untagged_vlan=0000 ACTIVE - Unnamed Allocatable$`, "m"));
      assert.match(answer, /^ {2}-- endpoint ID \d{4} module unix prog {3}: vdeplug: user=\w+ pid=\d+$/m);
    }),
  );
}

withPlug(
  "a plug that names no port gets the first free one, and gives it back",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw");
    const tool = lab.start("vde_plug", bench.directory);
    await plugged(bench, 1);
    await tool.stop();
    lab.start("vde_plug", bench.directory);
    await plugged(bench, 1);
    assert.not.match(await bench.console.command("port/print"), /Port 0002/);
  }),
);

whereRefusalsAreAnswered(
  "vde_plug ends with an error when there is no such port",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "sw", { options: ["--numports", "4"] });
    const tool = lab.start("vde_plug", `vde://${directory}[77]`);
    assert.is((await tool.exit()).code, 1);
    assert.match(tool.complaints(), /^vde_open .*\[77\]: /);
  }),
);

whereRefusalsAreAnswered(
  "a plug is refused at once when every port is taken",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "sw", { options: ["--numports", "2"] });
    const refused = async () => {
      for (let port = 0; port < 4; port++) await plugInto(lab, directory);
    };
    await refused().then(
      () => assert.unreachable("four plugs in two ports"),
      (error) => assert.match(error.message, /refused/),
    );
  }),
);

test.run();
