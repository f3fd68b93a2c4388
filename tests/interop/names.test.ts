// The files of servers: who waits for one and connects once is served, and a dead switch's are swept.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { close } from "../../host-node/native/libc.js";
import { bindTo, SOCK_DGRAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { needs } from "../skip.js";
import { heard } from "./crossing.js";
import { frame } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import { startSwitch, underTest } from "./switch.js";
import { debians, ours } from "./tools.js";
import { until } from "./wait.js";

const test = suite("the files of servers");
const withPlug = needs(test, { commands: ["vde_plug"] });
const eager = fileURLToPath(new URL("eager.js", import.meta.url));
const ROUNDS = 2;

interface Server {
  /** Starts it in a lab. */
  start(lab: Lab): void;
  /** What is waited for, and what is connected to then, in the lab. */
  readonly file: string;
  readonly socket?: string;
  /** Whether the directory of a switch is there before. */
  readonly isMade?: boolean;
}

const startSw =
  (...options: readonly string[]) =>
  (lab: Lab): void => {
    const [program = "", ...first] = underTest;
    lab.start(program, ...first, "--sock", lab.path("sw"), ...options.map((word) => word.replace("~", lab.folder)));
  };
const startTool =
  (name: string, ...words: readonly string[]) =>
  (lab: Lab): void =>
    void lab.start(ours(lab, name), ...words.map((word) => word.replaceAll("~", lab.folder)));

const SERVERS: Readonly<Record<string, Server>> = {
  "a switch, by its directory": { start: startSw(), file: "sw", socket: "sw/ctl" },
  "a switch, by ctl": { start: startSw(), file: "sw/ctl", isMade: true },
  "a switch's console": { start: startSw("--mgmt", "~/mgmt"), file: "mgmt" },
  "a wirefilter's console": { start: startTool("wirefilter", "-M", "~/mgmt", "-v", "null://:null://"), file: "mgmt" },
  "a gateway's console": { start: startTool("slirpvde", "-M", "~/mgmt", "hub://~/sw"), file: "mgmt" },
  "a gateway's api": { start: startTool("slirpvde", "--api", "~/api", "hub://~/sw"), file: "api" },
  "hub://, by its directory": { start: startTool("vde_plug", "hub://~/sw"), file: "sw", socket: "sw/ctl" },
  "stream:// that waits": { start: startTool("vde_plug", "stream://~/s[server]"), file: "s" },
};

for (const [what, { start, file, socket = file, isMade = false }] of Object.entries(SERVERS))
  for (let round = 1; round <= ROUNDS; round++)
    test(
      `${what} takes who connects once, as soon as the name is there (${round} of ${ROUNDS})`,
      inLab(async (lab) => {
        if (isMade) mkdirSync(lab.path("sw"));
        const client = lab.start(process.execPath, eager, lab.path(file), lab.path(socket));
        await client.says(/waits/);
        start(lab);
        await client.says(/connected/);
      }),
    );

test(
  "a plug that sends as soon as a hub's ctl is there is heard",
  inLab(async (lab) => {
    const net = lab.path("net");
    const node = lab.start(ours(lab, "vde_plug"), `hub://${net}`);
    const plug = await until("a plug", () => plugInto(lab, net).catch(() => undefined));
    plug.send(frame("a > * at once"));
    await until("the node hears it", () => heard(node).includes("a > * at once"));
  }),
);

/** A socket that nobody holds, as a program leaves it that is killed. */
function abandon(path: string): void {
  const fd = unixSocket(SOCK_DGRAM);
  bindTo(fd, sockaddrUn(path), path);
  close(fd);
}

test(
  "a switch that was killed leaves sockets, and the next one sweeps them and leaves nothing",
  inLab(async (lab) => {
    const first = await startSwitch(lab, "sw");
    await Promise.all([plugInto(lab, lab.path("sw")), plugInto(lab, lab.path("sw"))]);
    first.program.signal("SIGKILL");
    await first.program.exit();
    assert.ok(readdirSync(lab.path("sw")).length > 1, "a data socket of each plug, and ctl");
    abandon(lab.path("sw/.00017-00000"));
    const next = await startSwitch(lab, "sw");
    assert.equal(readdirSync(lab.path("sw")), ["ctl"]);
    next.program.signal("SIGTERM");
    assert.is((await next.program.exit()).code, 0);
    assert.not.ok(readdirSync(lab.folder).includes("sw"), next.program.complaints());
    assert.not.match(next.program.complaints(), /cannot remove/);
  }),
);

test(
  "what is none of a switch's sockets, or is in use, is left alone",
  inLab(async (lab) => {
    mkdirSync(lab.path("sw"));
    const fd = unixSocket(SOCK_DGRAM);
    bindTo(fd, sockaddrUn(lab.path("sw/007.7")), "");
    lab.later(() => close(fd));
    abandon(lab.path("sw/mine.sock"));
    writeFileSync(lab.path("sw/001.1"), "precious");
    const { program } = await startSwitch(lab, "sw");
    program.signal("SIGTERM");
    await program.exit();
    assert.equal(readdirSync(lab.path("sw")).sort(), ["001.1", "007.7", "mine.sock"]);
  }),
);

test(
  "a switch whose directory was removed ends in order",
  inLab(async (lab) => {
    const { program } = await startSwitch(lab, "sw");
    rmSync(lab.path("sw"), { recursive: true });
    program.signal("SIGTERM");
    assert.is((await program.exit()).code, 0);
    assert.match(program.complaints(), /cannot remove .*ENOENT/);
  }),
);

withPlug(
  "nothing is left by a switch that ends before Debian's plugs",
  inLab(async (lab) => {
    const { program, console } = await startSwitch(lab, "sw");
    for (let i = 0; i < 3; i++) lab.start(debians(lab, "vde_plug"), lab.path("sw"));
    await until(
      "three plugs",
      async () => ((await console.command("port/allprint")).match(/endpoint ID/g) ?? []).length === 3,
    );
    program.signal("SIGTERM");
    await program.exit();
    assert.not.ok(readdirSync(lab.folder).includes("sw"), program.complaints());
  }),
);

test.run();
