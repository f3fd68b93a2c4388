// vde_cryptcab with a secret in a file: many clients, a bad network, repetition, what is refused, and the URL.

import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freePort } from "../free-port.js";
import { crosses } from "./crossing.js";
import { frame } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { BadNetwork } from "./proxy.js";
import { startSwitch } from "./switch.js";
import { ours, startTool } from "./tools.js";
import { until } from "./wait.js";

const test = suite("vde_cryptcab");

function secret(lab: Lab): string {
  const path = lab.path("secret");
  if (!existsSync(path)) writeFileSync(path, randomBytes(32), { mode: 0o600 });
  return path;
}

async function serve(lab: Lab, sock: string, port: number): Promise<Program> {
  const pidfile = lab.path(`${port}.pid`);
  const words = ["-s", sock, "-p", `${port}`, "-P", secret(lab), "-v", "--pidfile", pidfile];
  const server = startTool(lab, "vde_cryptcab", ...words);
  await until("the server serves", () => existsSync(pidfile) || server.orDies());
  return server;
}

async function dial(lab: Lab, sock: string, port: number): Promise<Program> {
  const client = startTool(lab, "vde_cryptcab", "-s", sock, "-c", `127.0.0.1:${port}`, "-P", secret(lab), "-v");
  await until("the client is in", () => /: connected/.test(client.complaints()) || client.orDies());
  return client;
}

test(
  "many clients on one server, each a port of the switch, which tells where from; all hear all",
  inLab(async (lab) => {
    const port = await freePort();
    const hub = await startSwitch(lab, "hub");
    await serve(lab, hub.directory, port);
    const sites = await Promise.all(["a", "b", "c", "d", "e"].map((name) => startSwitch(lab, name)));
    for (const { directory } of sites) await dial(lab, directory, port);
    await until("five ports", async () => {
      const list = await hub.console.command("port/print");
      return (list.match(/vde_cryptcab 127\.0\.0\.1:\d+ user=/g)?.length ?? 0) === 5;
    });
    for (const site of sites.slice(1)) await crosses(lab, sites[0]!, site);
  }),
);

test(
  "20 % lost, doubled and late: no frame comes twice, none that was not sent, not when all of it is sent again",
  inLab(async (lab) => {
    const port = await freePort();
    const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
    await serve(lab, here.directory, port);
    const proxy = await BadNetwork.open(lab, port);
    await dial(lab, there.directory, proxy.port);
    const [a, b] = [await plugInto(lab, here.directory), await plugInto(lab, there.directory)];
    await until("the way is open", () => {
      b.send(frame("b > * first"));
      return a.all().includes("b > * first");
    });
    proxy.badness = { lost: 20, doubled: 20, late: 20 };
    const sent: string[] = [];
    for (let i = 0; i < 600; i++) {
      const text = `b > * ${i} ${"x".repeat((i * 37) % 1_400)}`;
      sent.push(text);
      b.send(frame(text));
      if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    proxy.badness = { lost: 0, doubled: 0, late: 0 };
    await until("the end of it", () => {
      b.send(frame("b > * last"));
      return a.all().includes("b > * last");
    });
    const got = () => a.all().filter((text) => /^b > \* \d/.test(text));
    assert.ok(got().length > 200, `only ${got().length} of 600 came`);
    for (const octets of [...proxy.seen, ...proxy.seen]) proxy.toServer(octets); // those that were lost come now, once
    await until("still open", () => {
      b.send(frame("b > * after"));
      return a.all().includes("b > * after");
    });
    const known = new Set(sent);
    assert.is(new Set(got()).size, got().length, "a frame came twice");
    assert.ok(
      got().every((text) => known.has(text)),
      "a frame was altered",
    );
  }),
);

test(
  "a server that was killed, with the same secret: the client is back with its next frames",
  inLab(async (lab) => {
    const port = await freePort();
    const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
    const first = await serve(lab, here.directory, port);
    const client = await dial(lab, there.directory, port);
    await crosses(lab, here, there);
    first.signal("SIGKILL");
    await first.exit();
    await serve(lab, here.directory, port);
    await crosses(lab, here, there);
    assert.is(client.complaints().match(/: connected/g)?.length, 2);
  }),
);

test(
  "the switch of a server that is started anew gets its clients back",
  inLab(async (lab) => {
    const port = await freePort();
    const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
    await serve(lab, here.directory, port);
    await dial(lab, there.directory, port);
    await crosses(lab, here, there);
    await here.program.stop();
    const again = await startSwitch(lab, "here");
    await crosses(lab, again, there);
  }),
);

test(
  "crypt:// is the same client, for vde_plug and for a switch",
  inLab(async (lab) => {
    const port = await freePort();
    const [here, there, third] = [
      await startSwitch(lab, "here"),
      await startSwitch(lab, "there"),
      await startSwitch(lab, "third"),
    ];
    await serve(lab, here.directory, port);
    const url = `crypt://127.0.0.1:${port}[preshared='${secret(lab)}'/keepalive]`;
    startTool(lab, "vde_plug", there.directory, url);
    await crosses(lab, here, there);
    assert.match(await third.console.command(`port/link ${url}`), /1000 Success/);
    await crosses(lab, here, third);
  }),
);

/** Runs it to its end. */
async function ends(lab: Lab, ...words: readonly string[]): Promise<{ code: number | null; said: string }> {
  const program = startTool(lab, "vde_cryptcab", ...words);
  const { code } = await program.exit();
  return { code, said: program.complaints() };
}

test(
  "a secret that others may read, one too short, none at all: refused, with what to do",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "sw");
    const path = lab.path("key");
    for (const [size, mode, expected] of [
      [32, 0o640, /can be read or written by others: chmod 600/],
      [32, 0o604, /can be read or written by others/],
      [31, 0o600, /32 octets or more, and this one 31/],
      [70_000, 0o600, /more than 65536/],
    ] as const) {
      writeFileSync(path, Buffer.alloc(size, 1));
      chmodSync(path, mode);
      for (const more of [[], ["-c", "127.0.0.1:9"]]) {
        const { code, said } = await ends(lab, "-s", directory, "-P", path, ...more);
        assert.match(said, expected);
        assert.ok(code !== 0);
      }
    }
    const missing = await ends(lab, "-s", directory, "-P", lab.path("none"));
    assert.match(missing.said, /none: no such file/);
    assert.is(missing.code, 1);
  }),
);

test(
  "command lines that cannot be meant: a sentence, and 1 as VDE's own",
  inLab(async (lab) => {
    for (const [line, expected] of [
      ["-k", /client mode only/],
      ["-c a@b@c", /\[USER@\]HOST\[:PORT\] is wanted/],
      ["-c h:1:2", /is wanted/],
      ["-c -oProxyCommand=x", /is wanted/],
      ["-x", /--compat -x speaks it/],
      ["--compat", /-x or -P FILE is wanted/],
      ["--compat -x -P f", /one of the two/],
      ["-p 0", /1 to 65535/],
      ["extra", /options only/],
    ] as const) {
      const { code, said } = await ends(lab, ...line.split(" "));
      assert.match(said, expected, line);
      assert.is(code, 1, line);
    }
    const busy = await startSwitch(lab, "sw");
    const port = await freePort();
    await serve(lab, busy.directory, port);
    const second = await ends(lab, "-s", busy.directory, "-p", `${port}`, "-P", secret(lab));
    assert.is(second.code, 3);
    assert.match(second.said, /address already in use/);
  }),
);

test(
  "the handover: a folder for nobody else, garbage and silence cost nothing, and without a server it says so",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "sw");
    const port = await freePort();
    const none = startTool(lab, "vde_cryptcab", "--handover", "-p", `${port}`);
    none.tell(`etherloom-cable-1 ${randomBytes(32).toString("base64")}\n`);
    assert.is((await none.exit()).code, 1);
    assert.match(none.complaints(), /no server of this user on UDP port/);
    mkdirSync(lab.path(".vde2"), { recursive: true });
    const server = startTool(lab, "vde_cryptcab", "-s", directory, "-p", `${port}`);
    const path = lab.path(`.vde2/crypt/${port}`);
    await until("the endpoint", () => existsSync(path) || server.orDies());
    assert.is(statSync(lab.path(".vde2/crypt")).mode & 0o777, 0o700);
    const [first, again] = [0, 1].map(() => startTool(lab, "vde_cryptcab", "--handover", "-p", `${port}`));
    for (const asking of [first!, again!]) {
      asking.tell(`etherloom-cable-1 ${randomBytes(32).toString("base64")}\n`);
      assert.is((await asking.exit()).code, 0);
    }
    for (let i = 0; i < 40; i++) {
      const socket = createConnection(path);
      socket.on("error", () => {});
      lab.later(() => void socket.destroy());
      if (i % 2 === 0) socket.write(randomBytes(5_000));
    }
    await until("a handover among strangers", async () => {
      const asking = startTool(lab, "vde_cryptcab", "--handover", "-p", `${port}`);
      asking.tell(`etherloom-cable-1 ${randomBytes(32).toString("base64")}\n`);
      return (await asking.exit()).code === 0 && /^etherloom-cable-1 \S{44} \S{44}\n$/.test(asking.text());
    });
    const garbage = startTool(lab, "vde_cryptcab", "--handover", "-p", `${port}`);
    garbage.tell("GET / HTTP/1.1\n\n");
    assert.is((await garbage.exit()).code, 1);
    await server.stop();
    assert.equal(readdirSync(lab.path(".vde2/crypt")), []);
  }),
);

test(
  "a hostile server by ssh: what it says is not believed, and nothing grows",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "sw");
    const fake = lab.path("ssh");
    for (const says of ["yes garbage", "printf 'etherloom-cable-1 AAAA BBBB\\n'", "exit 255", "exit 0"]) {
      writeFileSync(fake, `#!/bin/sh\n${says}\n`);
      chmodSync(fake, 0o755);
      const path = `PATH=${lab.folder}:${process.env["PATH"]}`;
      const client = lab.start("env", path, ours(lab, "vde_cryptcab"), "-s", directory, "-c", "127.0.0.1");
      assert.is((await client.exit()).code, 253, says);
      assert.match(client.complaints(), /keys by ssh 127\.0\.0\.1: /);
    }
  }),
);

test.run();
