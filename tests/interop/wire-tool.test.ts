// wirefilter as a program: its modes, options, consoles, messages and ends.

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linkOf } from "../../host-node/cable/link.js";
import { bind, close } from "../../host-node/native/libc.js";
import { bindTo, MSG_DONTWAIT, SOCK_DGRAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { openLink } from "../../host-node/transports/open.js";
import { openConsole } from "./console.js";
import { deframed, frame, framed, words } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import type { Program } from "./program.js";
import { startSwitch } from "./switch.js";
import { ours, startTool } from "./tools.js";
import { until } from "./wait.js";
import { WIRE_PROMPT } from "./wire.js";

const test = suite("wirefilter");
const MONO = "wirefilter: monodirectional filter starting...\n";

/** A wire on standard input and output alone. */
async function mono(lab: Lab, ...options: readonly string[]): Promise<Program> {
  const wire = startTool(lab, "wirefilter", ...options);
  await until("it starts", () => wire.complaints().includes(MONO) || wire.orDies());
  return wire;
}

function sizes(program: Program): number[] {
  return [...deframed(program.octets())].map((octets) => octets.length);
}

function heard(program: Program): (string | undefined)[] {
  return [...deframed(program.octets())].map(words);
}

test(
  "in one direction: frames of any size, a length in two pieces, and the end of input",
  inLab(async (lab) => {
    const wire = await mono(lab);
    const first = framed(frame("a > b in pieces"));
    wire.tell(first.subarray(0, 1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    wire.tell(first.subarray(1, 30));
    wire.tell(first.subarray(30));
    for (const size of [14, 60, 1514, 1522, 9000, 9236]) wire.tell(framed(new Uint8Array(size)));
    await until("all have come", () => sizes(wire).length === 7);
    assert.equal(sizes(wire), [60, 14, 60, 1514, 1522, 9000, 9236]);
    wire.hangUp();
    assert.equal(await wire.exit(), { code: 0, signal: null });
    assert.is(wire.complaints(), MONO);
  }),
);

test(
  "the end of input is the end, when what waits has left",
  inLab(async (lab) => {
    const wire = await mono(lab, "-d", "300");
    for (let i = 0; i < 5; i++) wire.tell(framed(frame(`a > b ${i}`)));
    wire.hangUp();
    assert.equal(await wire.exit(), { code: 0, signal: null });
    assert.equal(heard(wire), ["a > b 0", "a > b 1", "a > b 2", "a > b 3", "a > b 4"]);
  }),
);

test(
  "in a pipe of dpipe, both ways at once",
  inLab(async (lab) => {
    const [one, two] = [lab.path("one"), lab.path("two")];
    const plug = ours(lab, "vde_plug");
    const [near, far] = [
      linkOf(await openLink(`ptp://${one}`, { description: "" })),
      linkOf(await openLink(`ptp://${two}`, { description: "" })),
    ];
    lab.later(() => void [near, far].map((link) => link.close()));
    const [atNear, atFar]: [string[], string[]] = [[], []];
    near.onframe = (octets) => void atNear.push(words(octets) ?? "");
    far.onframe = (octets) => void atFar.push(words(octets) ?? "");
    const filter = [ours(lab, "wirefilter"), "-d", "LR3"];
    startTool(lab, "dpipe", plug, `ptp://${one}`, "=", ...filter, "=", plug, `ptp://${two}`);
    await until("it carries", () => {
      near.send(frame("a > b again"));
      return atFar.length > 0;
    });
    for (let i = 0; i < 50; i++) {
      near.send(frame(`a > b ${i}`));
      far.send(frame(`b > a ${i}`));
    }
    const all = (way: string) => Array.from({ length: 50 }, (_, i) => `${way} ${i}`);
    await until("all frames of both ways", () => atNear.length === 50 && atFar.includes("a > b 49"));
    assert.equal(atNear, all("b > a"));
    assert.equal(
      atFar.filter((text) => text !== "a > b again"),
      all("a > b"),
    );
  }),
);

test(
  "options are those of VDE, by all their names",
  inLab(async (lab) => {
    const lines = async (...options: readonly string[]) => {
      const mgmt = lab.path(`m${lab.programs.length}`);
      const wire = await mono(lab, "-M", mgmt, ...options);
      const console = await openConsole(lab, mgmt, { prompt: WIRE_PROMPT, server: wire });
      return (await console.command("showinfo")).split("\n");
    };
    const short = await lines(
      ..."-d 100+50N -l LR20.5 -L 3 -D RL2 -b 128+64KN -s 1M -c 64K -n 5 -m 1500 -N".split(" "),
    );
    for (const line of ["Loss   20.5+0U", "Lburst 3+0U", "Delay  100+50N", "Dup    0+0U", "Bandw  131072+65536N"])
      assert.ok(short.includes(line), line);
    for (const line of ["Speed  1.04858e+06+0U", "Noise  5+0U", "MTU    1500", "Cap.   65536+0U", "Fifoness FALSE"])
      assert.ok(short.includes(line), line);
    const long = await lines(
      ..."--delay LR10 -delay RL20 --loss=5 --band 1K -capacity 9K --qlen 7 --codel 5 --preset lte --seed 8".split(" "),
    );
    for (const line of [
      "Delay  10+0U",
      "Loss   5+0U",
      "Bandw  1024+0U",
      "Cap.   9216+0U",
      "Qlen   7+0U",
      "CoDel  5+0U",
    ])
      assert.ok(long.includes(line), line);
    assert.ok(long.includes("Corr   50+0U"), "from the preset");
  }),
);

test(
  "no pipe is no stream of frames",
  inLab(async (lab) => {
    const wire = lab.start("sh", "-c", '"$0" </dev/null', ours(lab, "wirefilter"));
    assert.is((await wire.exit()).code, 1);
    assert.match(wire.complaints(), /^wirefilter: Error on stdin: it is not a pipe; between links, name two/);
  }),
);

test(
  "a console on a socket: its rights, a second one on it, and each of its ends",
  inLab(async (lab) => {
    const mgmt = lab.path("mgmt");
    const wire = await mono(lab, "-M", mgmt, "--mgmtmode", "600");
    assert.is(statSync(mgmt).mode & 0o777, 0o600);
    const second = startTool(lab, "wirefilter", "-M", mgmt);
    assert.is((await second.exit()).code, 1);
    assert.match(second.complaints(), /^wirefilter: mgmt bind Address already in use: another program has its console/);
    const [one, two] = [
      await openConsole(lab, mgmt, { prompt: WIRE_PROMPT, server: wire }),
      await openConsole(lab, mgmt, { prompt: WIRE_PROMPT, server: wire }),
    ];
    assert.match(await one.banner, /^\nVDE wirefilter V\.2\.3\.3-etherloom-\S+\n\(C\) 2026 .*\n$/);
    assert.is(await one.command("delay 5"), "1000 Success\n");
    assert.match(await two.command("showinfo", ""), /\nDelay {2}5\+0U\n/);
    wire.signal("SIGTERM");
    assert.equal(await wire.exit(), { code: 0, signal: null });
    assert.not.ok(existsSync(mgmt));
    for (const signal of ["SIGINT", "SIGHUP"] as const) {
      const other = await mono(lab, "-M", mgmt);
      other.signal(signal);
      assert.equal(await other.exit(), { code: null, signal });
      assert.not.ok(existsSync(mgmt));
    }
    const last = await mono(lab, "-M", mgmt);
    const console = await openConsole(lab, mgmt, { prompt: WIRE_PROMPT, server: last });
    console.tell("shutdown");
    assert.equal(await last.exit(), { code: 0, signal: null });
    assert.not.ok(existsSync(mgmt));
  }),
);

test(
  "a script at the start, in the background, with a pidfile",
  inLab(async (lab) => {
    const sw = await startSwitch(lab, "sw");
    const [script, pidfile, mgmt] = [lab.path("rc"), lab.path("pid"), lab.path("mgmt")];
    writeFileSync(script, "# settings\n\ndelay 50\nbogus\nloss 3\n");
    const words = ["--daemon", "--pidfile", pidfile, "-M", mgmt, "-f", script, sw.directory, "null://"];
    const wire = startTool(lab, "wirefilter", ...words);
    assert.equal(await wire.exit(), { code: 0, signal: null });
    const pid = Number(readFileSync(pidfile, "utf8"));
    lab.later(() => {
      if (existsSync(pidfile)) process.kill(pid, "SIGTERM");
    });
    assert.match(wire.complaints(), /rc command error: bogus Function not implemented/);
    const console = await openConsole(lab, mgmt, { prompt: WIRE_PROMPT });
    assert.match(await console.command("showinfo"), /\nLoss {3}L->R 3\+0U .*\n.*\nDelay {2}L->R 50\+0U/);
    process.kill(pid, "SIGTERM");
    await until("the pidfile is gone", () => !existsSync(pidfile));
    assert.not.ok(existsSync(mgmt));
  }),
);

test(
  "each frame that leaves blinks",
  inLab(async (lab) => {
    const path = lab.path("lamp");
    const listener = unixListener(lab, path);
    const wire = await mono(lab, "--blink", path, "--blinkid", "cable7", "-M", lab.path("mgmt"));
    wire.tell(framed(frame("a > b seen")));
    await until("the lamp", () => listener() === "cable7 -- 62\n");
    const console = await openConsole(lab, lab.path("mgmt"), { prompt: WIRE_PROMPT, server: wire });
    assert.ok((await console.command("showinfo")).includes(`\nBlink socket: ${path}\nBlink id:     cable7 \n`));
    await console.command("loss 100");
    wire.tell(framed(frame("a > b lost")));
    await until("it is lost", async () => /lost 1 /.test(await console.command("stats")));
    assert.is(listener(), undefined);
  }),
);

const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

/** What came to a Unix datagram socket, one by one. */
function unixListener(lab: Lab, path: string): () => string | undefined {
  const fd = unixSocket(SOCK_DGRAM);
  bindTo(fd, sockaddrUn(path), path);
  lab.later(() => close(fd));
  return () => {
    const octets = new Uint8Array(200);
    const size = cRecv(fd, octets, octets.length, MSG_DONTWAIT);
    return size < 0 ? undefined : Buffer.from(octets.subarray(0, size)).toString();
  };
}

test.run();
