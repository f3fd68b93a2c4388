// vde_plug's standard input and output: lengths that come in pieces, lengths that cannot be, ends, bursts, and what it
// ends with.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { frame as patterned } from "../frame.js";
import { needs } from "../skip.js";
import { deframed, frame, framed, words } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { type SwitchBench, startSwitch } from "./switch.js";
import { ours, startTool } from "./tools.js";
import { until } from "./wait.js";

const test = suite("vde_plug as a stream");
const BURST = 2_000;

async function plugged(lab: Lab, ...options: string[]): Promise<{ bench: SwitchBench; tool: Program }> {
  const bench = await startSwitch(lab, "sw");
  const tool = startTool(lab, "vde_plug", ...options, bench.directory);
  await bench.console.shows("port/print", /user=/);
  return { bench, tool };
}

test(
  "puts a frame together that comes octet by octet",
  inLab(async (lab) => {
    const { bench, tool } = await plugged(lab);
    const peer = await plugInto(lab, bench.directory);
    for (const octet of framed(frame("t > * slowly"))) {
      tool.tell(Uint8Array.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.hears("t > * slowly");
  }),
);

test(
  "passes over what is empty, too short or too long, and goes on with the next frame",
  inLab(async (lab) => {
    const { bench, tool } = await plugged(lab);
    const peer = await plugInto(lab, bench.directory);
    const long = new Uint8Array(9_237);
    const huge = new Uint8Array(65_535).fill(7);
    for (const octets of [new Uint8Array(), new Uint8Array(13), long, huge]) tool.tell(framed(octets));
    tool.tell(framed(frame("t > * still here")));
    await peer.hears("t > * still here");
    assert.equal(peer.all(), ["t > * still here"]);
  }),
);

test(
  "carries frames of 9,216 octets both ways",
  inLab(async (lab) => {
    const { bench, tool } = await plugged(lab);
    const peer = await plugInto(lab, bench.directory);
    const large = patterned("a > * /9216");
    tool.tell(framed(large));
    const found = await until("a large frame", () => peer.receive());
    assert.equal(Buffer.from(found), Buffer.from(large));
    peer.send(patterned("b > a /9216"));
    await until("a large frame", () => tool.octets().length >= 9_218);
    assert.is(tool.octets().readUInt16BE(0), 9_216);
  }),
);

test(
  "sends all that it was given before it ends with its input",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw");
    const peer = await plugInto(lab, bench.directory);
    const file = lab.path("frames");
    writeFileSync(file, Buffer.concat(Array.from({ length: 300 }, (_, i) => framed(frame(`t > * number ${i}`)))));
    const tool = lab.start("sh", "-c", `exec ${ours(lab, "vde_plug")} ${bench.directory} <${file}`);
    assert.equal(await tool.exit(), { code: 0, signal: null });
    await peer.hears("t > * number 299");
    assert.is(peer.all().length, 300);
  }),
);

test(
  "loses nothing of a burst, and holds up its sender for a reader that is slow",
  inLab(async (lab) => {
    const { bench, tool } = await plugged(lab);
    const peer = await plugInto(lab, bench.directory);
    tool.tell(Buffer.concat(Array.from({ length: BURST }, (_, i) => framed(frame(`t > * number ${i}`)))));
    await peer.hears(`t > * number ${BURST - 1}`);
    assert.is(peer.all().length, BURST);
    for (let i = 0; i < BURST; i++) await sent(() => peer.send(frame(`p > * number ${i}`)));
    await until("the burst back", () => [...deframed(tool.octets())].length === BURST);
    assert.is(words([...deframed(tool.octets())].at(-1)!), `p > * number ${BURST - 1}`);
  }),
);

/** Until the switch takes it. */
function sent(send: () => void): Promise<boolean> {
  return until("a frame is taken", () => {
    try {
      send();
      return true;
    } catch {
      return false;
    }
  });
}

for (const [name, code, signal] of [
  ["SIGTERM", 0, null],
  ["SIGINT", null, "SIGINT"],
  ["SIGHUP", null, "SIGHUP"],
] as const) {
  test(
    `${name} ends it, and its pidfile`,
    inLab(async (lab) => {
      const { bench, tool } = await plugged(lab, "-p", lab.path("pid"));
      await until("a pidfile", () => existsSync(lab.path("pid")));
      assert.is(readFileSync(lab.path("pid"), "utf8"), `${tool.pid}\n`);
      tool.signal(name);
      assert.equal(await tool.exit(), { code, signal });
      assert.not.ok(existsSync(lab.path("pid")));
      assert.is(tool.complaints(), "");
      await bench.console.shows("port/print", /^(?!.*user=)/s);
    }),
  );
}

test(
  "shows its description, where it came from, and no more than 127 octets",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw");
    lab.start("env", "SSH_CLIENT=192.0.2.7 1 2", ours(lab, "vde_plug"), "-D", "mine", bench.directory);
    await bench.console.shows("port/print", /: mine user=\w+ pid=\d+ SSH=192\.0\.2\.7$/m);
    startTool(lab, "vde_plug", "--descr", "x".repeat(200), bench.directory);
    await bench.console.shows("port/print", /: x{127}$/m);
  }),
);

test(
  "gives up on a switch that does not answer",
  inLab(async (lab) => {
    const silent = lab.start("socat", `UNIX-LISTEN:${lab.path("ctl")}`, "PIPE");
    await until("a socket", () => existsSync(lab.path("ctl")) || silent.orDies());
    const tool = startTool(lab, "vde_plug", lab.folder);
    assert.is((await tool.exit()).code, 1);
    assert.match(tool.complaints(), /^vde_plug: vde_open .*: (Connection timed out|Protocol error)/);
  }),
);

const withoutUsual = needs(test, {
  unless: ["/var/run/vde.ctl", "/tmp/vde.ctl"].some((path) => existsSync(path)) && "this machine has a usual switch",
});

withoutUsual(
  "a name of nothing is the user's usual switch: a link to its directory, or a file with its name",
  inLab(async (lab) => {
    const bench = await startSwitch(lab, "sw");
    for (const [folder, make] of [
      [".vde2", `ln -s ${bench.directory} $HOME/.vde2/default.switch`],
      [".vdeplug", `echo "vde://${bench.directory}[7]" >$HOME/.vdeplug/default`],
    ] as const) {
      const line = `mkdir $HOME/${folder} && ${make} && exec ${ours(lab, "vde_plug")}`;
      const tool = lab.start("env", `HOME=${lab.folder}`, "sh", "-c", line);
      await bench.console.shows("port/print", folder === ".vde2" ? /user=/ : /^Port 0007 /m);
      await tool.stop();
      await bench.console.shows("port/print", /^(?!.*user=)/s);
    }
  }),
);

test.run();
