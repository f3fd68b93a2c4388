// Cables of VDE's old kind, with Debian's vde_cryptcab at the other end, both ways round; and what its formats are, on
// datagrams that were recorded from it.

import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freePort } from "../free-port.js";
import { needs } from "../skip.js";
import { crosses } from "./crossing.js";
import { inLab, type Lab } from "./lab.js";
import type { Program } from "./program.js";
import { sshServer } from "./ssh.js";
import { startSwitch } from "./switch.js";
import { ours } from "./tools.js";
import { until } from "./wait.js";

const test = suite("cables of the old kind");
const withReal = needs(test, { commands: ["vde_cryptcab"] });
const withSsh = needs(test, { commands: ["vde_cryptcab", "ssh", "ssh-keygen"], files: ["/usr/sbin/sshd"] });

const withBlowfish = needs(test, {
  commands: ["vde_cryptcab", "openssl"],
  unless:
    spawnSync("openssl", ["list", "-providers", "-provider", "legacy"]).status === 0
      ? false
      : "needs OpenSSL's legacy provider",
});

/** Whether a UDP port is taken. */
async function isBound(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  const taken = await new Promise<boolean>((resolve) => {
    socket.once("error", () => resolve(true));
    socket.bind(port, () => resolve(false));
  });
  socket.close();
  return taken;
}

/** Debian's client runs scp even where it encrypts nothing, and leaves a file in /tmp. */
function debiansClient(lab: Lab, ...words: readonly string[]): Program {
  const path = lab.path("scp");
  writeFileSync(path, "#!/bin/sh\nexit 0\n");
  chmodSync(path, 0o755);
  const before = new Set(readdirSync("/tmp"));
  lab.later(() => {
    for (const name of readdirSync("/tmp"))
      if (/^vde_\w{6}\.key$/.test(name) && !before.has(name)) rmSync(`/tmp/${name}`, { force: true });
  });
  return lab.start("env", `PATH=${lab.folder}:${process.env["PATH"]}`, "vde_cryptcab", ...words);
}

withReal(
  "Debian's client and our server, with nothing encrypted, and a warning that says so",
  inLab(async (lab) => {
    const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
    const [port, own] = [await freePort(), await freePort()];
    const words = ["-s", here.directory, "--compat", "-x", "-p", `${port}`, "-v"];
    const server = lab.start(ours(lab, "vde_cryptcab"), ...words, "--pidfile", lab.path("pid"));
    await until("the server serves", () => existsSync(lab.path("pid")) || server.orDies());
    assert.match(server.complaints(), /warning: --compat: nothing is encrypted/);
    debiansClient(lab, "-s", there.directory, "-x", "-c", `127.0.0.1:${port}`, "-p", `${own}`);
    await until("the client is in", () => /a client came/.test(server.complaints()) || server.orDies());
    await crosses(lab, here, there);
    await here.console.shows("port/print", new RegExp(`vde_cryptcab 127\\.0\\.0\\.1:${own} `));
  }),
);

withSsh(
  "our client and Debian's server, which wants a file of the client's by ssh even where it encrypts nothing",
  inLab(async (lab) => {
    const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
    const port = await freePort();
    const { config, target } = await sshServer(lab, { tools: [] });
    const server = lab.start("vde_cryptcab", "-s", here.directory, "-x", "-p", `${port}`, "-v");
    await until("the server serves", () => /Encryption Disabled/.test(server.complaints()) || server.orDies());
    const words = ["-s", there.directory, "--compat", "-x", "-c", `${target}:${port}`, "-v"];
    const client = lab.start("env", `SCP_EXTRA_OPTIONS=-F${config}`, ours(lab, "vde_cryptcab"), ...words);
    await until("the client is in", () => /: connected/.test(client.complaints()) || client.orDies());
    await crosses(lab, here, there);
    const left = () => readdirSync("/tmp").filter((name) => /^\.vde_[0-9a-f]{6}\.key$/.test(name));
    await until("the file is gone", () => left().length === 0);
    assert.not.ok(server.orDies());
  }),
);

withBlowfish(
  "Blowfish with Debian's, our server and our client, where its OpenSSL is told to have it",
  inLab(async (lab) => {
    const sections = ["openssl_conf=i", "[i]", "providers=p", "[p]", "default=on", "legacy=on", "[on]", "activate=1"];
    writeFileSync(lab.path("openssl.cnf"), `${sections.join("\n")}\n`);
    writeFileSync(lab.path("key"), Buffer.alloc(24, 9), { mode: 0o600 });
    const real = ["env", `OPENSSL_CONF=${lab.path("openssl.cnf")}`, "vde_cryptcab"];
    const mine = [ours(lab, "vde_cryptcab"), "--compat"];
    for (const [server, client] of [
      [mine, real],
      [real, mine],
    ] as const) {
      const [here, there] = [await startSwitch(lab, `s${server.length}`), await startSwitch(lab, `c${server.length}`)];
      const [port, own] = [await freePort(), await freePort()];
      const common = ["-P", lab.path("key"), "-v"];
      const start = ([program = "", ...words]: readonly string[], ...more: readonly string[]) =>
        lab.start(program, ...words, ...common, ...more);
      const serving = start(server, "-s", here.directory, "-p", `${port}`);
      await until("the server serves", async () => (await isBound(port)) || serving.orDies());
      start(client, "-s", there.directory, "-c", `127.0.0.1:${port}`, "-p", `${own}`);
      await crosses(lab, here, there);
    }
  }),
);

for (const [name, size] of [
  ["ChaCha20", 44],
  ["Blowfish", 24],
] as const) {
  test(
    `${name}: our two ends, with a key of ${size} octets in a file`,
    inLab(async (lab) => {
      const [here, there] = [await startSwitch(lab, "here"), await startSwitch(lab, "there")];
      const port = await freePort();
      writeFileSync(lab.path("key"), Buffer.alloc(size, 7), { mode: 0o600 });
      const words = ["--compat", "-P", lab.path("key"), "-v"];
      const server = lab.start(ours(lab, "vde_cryptcab"), "-s", here.directory, "-p", `${port}`, ...words);
      lab.start(ours(lab, "vde_cryptcab"), "-s", there.directory, "-c", `127.0.0.1:${port}`, ...words);
      await until("the client is in", () => /a client came/.test(server.complaints()) || server.orDies());
      await crosses(lab, here, there);
    }),
  );
}

test(
  "a login that names files elsewhere, in every way, opens and removes none of them",
  inLab(async (lab) => {
    const { directory } = await startSwitch(lab, "here");
    const port = await freePort();
    const target = lab.path("x.key");
    writeFileSync(target, "precious");
    const server = lab.start(ours(lab, "vde_cryptcab"), "-s", directory, "--compat", "-x", "-p", `${port}`, "-v");
    await until("the warning", () => /warning/.test(server.complaints()) || server.orDies());
    const socket = createSocket("udp4");
    lab.later(() => void socket.close());
    const said: Buffer[] = [];
    socket.on("message", (octets) => said.push(octets));
    socket.bind(0);
    await once(socket, "listening");
    const relative = `/../${target}`.slice(0, -4);
    for (const id of [relative, "../../etc/passwd", "a/../../x", "\0\0\0", "%s%n%s%n"]) {
      const login = Buffer.alloc(17);
      login[0] = 0x41;
      login.write(id.slice(0, 16), 1);
      const before = said.length;
      await until("an answer to a login", () => {
        socket.send(login, port, "127.0.0.1");
        return said.length > before;
      });
    }
    assert.ok(said.every((octets) => octets[0] === 0x42 && octets.length === 129));
    await server.stop();
    assert.ok(readdirSync(lab.folder).includes("x.key"));
  }),
);

test.run();
