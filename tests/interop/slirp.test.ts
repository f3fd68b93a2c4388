// slirpvde, with a Linux guest in a network namespace behind a tap of our switch.

import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noGuest } from "../../guests/parts.js";
import { needs } from "../skip.js";
import { openConsole } from "./console.js";
import { configure, type Guest, leaseScript, lingering, serveHttp, startGuestBehind, startGuestIn } from "./gateway.js";
import { packImage, startGuest } from "./guest.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace } from "./namespace.js";
import { real, startSwitch, underTest } from "./switch.js";
import { ours, startTool } from "./tools.js";
import { until } from "./wait.js";

const test = suite("slirp");
const guests = needs(test, { commands: ["ip", "ss", "curl"], namespaces: true });
const withUdhcpc = needs(test, { commands: ["ip", "busybox"], namespaces: true });
const withPing = needs(test, { commands: ["ip", "ping"], namespaces: true });
const withQemu = needs(test, { commands: ["qemu-system-x86_64"], unless: noGuest });
const withCurl = needs(test, { commands: ["curl"] });
const withWiki = needs(test, { commands: ["vde_switch"] });
const withDhclient = needs(test, { commands: ["ip", "dhclient"], namespaces: true });

/** Software emulation of a machine on cores that others use too. */
const BOOT_MS = 120_000;
const HOST = "10.0.2.2";
const MEBIBYTE = 1 << 20;

function hashOf(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

/** A guest fetches a file from this machine, and sends it there. */
async function carryBothWays(lab: Lab, guest: Guest, file: Uint8Array): Promise<void> {
  let received = "";
  const port = await serveHttp(lab, (request, response) => {
    if (request.method === "GET") {
      response.end(file);
      return;
    }
    const hash = createHash("sha256");
    request.on("data", (octets) => hash.update(octets));
    request.on("end", () => {
      received = hash.digest("hex");
      response.end("thanks");
    });
  });
  writeFileSync(lab.path("sent"), file);
  const url = `http://${HOST}:${port}/`;
  assert.match(await guest.run("sh", "-c", `curl -sf ${url} | sha256sum`), new RegExp(`^${hashOf(file)}`));
  assert.is(await guest.run("curl", "-sf", "-T", lab.path("sent"), url), "thanks");
  assert.is(received, hashOf(file));
}

/** Opens so many connections, one after the other, and says how many were answered. */
const CONNECTIONS = `
const { connect } = require("node:net");
const [port, count] = process.argv.slice(1).map(Number);
let done = 0;
(function next() {
  if (done === count) return console.log(done + " connections");
  const socket = connect(port, "${HOST}");
  socket.on("data", () => {});
  socket.on("end", () => { done++; socket.end(); next(); });
  socket.write("GET / HTTP/1.0\\r\\n\\r\\n");
})();
`;

withUdhcpc(
  "busybox's udhcpc gets a lease, and gives it back",
  inLab(async (lab) => {
    const guest = await startGuestBehind(lab, "slirpvde", "-dhcp");
    const said = await guest.run("busybox", "udhcpc", "-i", "g0", "-n", "-q", "-R", "-s", leaseScript(lab));
    assert.match(said, /^bound 10\.0\.2\.15 router 10\.0\.2\.2 dns 10\.0\.2\.3 lease 86400/m);
    await guest.run("ping", "-c", "1", "-W", "5", HOST);
  }),
);

withDhclient(
  "ISC's dhclient gets a lease of a network of another size",
  inLab(async (lab) => {
    const guest = await startGuestBehind(lab, "slirpvde", "-H", "172.20.0.0/16", "--dhcp=172.20.7.1");
    const files = ["-lf", lab.path("leases"), "-pf", lab.path("pid")];
    const said = await guest.try("dhclient", "-1", "-v", "-sf", "/bin/true", ...files, "g0");
    assert.match(said.complaints, /bound to 172\.20\.7\.1 /);
    await guest.try("dhclient", "-r", "-sf", "/bin/true", ...files, "g0");
  }),
);

guests(
  "carries what guests fetch and send, whole",
  inLab(async (lab) => {
    const guest = await startGuestBehind(lab, "slirpvde");
    await configure(guest);
    await carryBothWays(lab, guest, randomBytes(16 * MEBIBYTE));
    assert.is(await lingering(guest), "");
  }),
);

for (const faults of ["loss=2", "loss=10", "loss=2,dup=20,delay=2+2,fifo=0"])
  guests(
    `carries it over a wire with ${faults}, too`,
    inLab(async (lab) => {
      const guest = await startGuestIn(lab, { cable: (directory) => `wire://${faults}{${directory}}` }, "slirpvde");
      await configure(guest);
      await carryBothWays(lab, guest, randomBytes(MEBIBYTE));
      await until("no socket is left half closed", async () => (await lingering(guest)) === "", 60_000);
    }),
  );

guests(
  "carries 1,500 connections, one after the other",
  inLab(async (lab) => {
    const port = await serveHttp(lab, (_request, response) => response.end("hello"));
    const guest = await startGuestBehind(lab, "slirpvde");
    await configure(guest);
    const said = await guest.run(process.execPath, "-e", CONNECTIONS, String(port), "1500");
    assert.is(said, "1500 connections\n");
    await until("no socket is left half closed", async () => (await lingering(guest)) === "");
  }),
);

guests(
  "goes on where the host breaks an upload off, refuses, or does not exist",
  inLab(async (lab) => {
    let isHarsh = true;
    const port = await serveHttp(lab, (request, response) => {
      if (isHarsh) request.once("data", () => request.socket.resetAndDestroy());
      else response.end("hello");
    });
    const guest = await startGuestBehind(lab, "slirpvde");
    await configure(guest);
    const upload = ["curl", "-sS", "-T", "/dev/zero", "-m", "30", `http://${HOST}:${port}/`];
    const { code, complaints } = await guest.try(...upload);
    assert.ok(code === 55 || code === 56, `${code}: ${complaints}`); // sending or receiving failed: not a time-out
    const refused = await guest.try("curl", "-sS", "-m", "20", `http://${HOST}:1/`);
    assert.is(refused.code, 7, refused.complaints);
    isHarsh = false;
    assert.is(await guest.run("curl", "-sf", "-m", "20", `http://${HOST}:${port}/`), "hello");
    assert.is(await lingering(guest), "");
  }),
);

guests(
  "leads no guest to this machine but by the gateway's address, and that not where it is isolated",
  inLab(async (lab) => {
    const port = await serveHttp(lab, (_request, response) => response.end("hello"), "0.0.0.0");
    const guest = await startGuestBehind(lab, "slirpvde", "--isolate");
    await configure(guest);
    await guest.run("ip", "route", "add", "0.0.0.0/8", "via", HOST);
    for (const host of [HOST, "10.0.2.3", "10.0.2.200", "169.254.169.254", "240.0.0.1"]) {
      const { code } = await guest.try("curl", "-sS", "-m", "5", `http://${host}:${port}/`);
      assert.ok(code !== 0, host);
    }
  }),
);

withPing(
  "is in a switch by --slirp, behind any plug by slirp://, and at the end of a pipe",
  inLab(async (lab) => {
    const [dpipe, plug, slirp] = ["dpipe", "vde_plug", "slirpvde"].map((name) => ours(lab, name)) as [
      string,
      string,
      string,
    ];
    const ways: readonly ((directory: string) => readonly string[])[] = [
      () => [],
      (directory) => [plug, "slirp:///v4/addr='10.0.2.2/24'", directory],
      (directory) => [dpipe, plug, directory, "=", slirp, "-"],
    ];
    for (const [i, way] of ways.entries()) {
      const { name, inside, configure: give } = await makeNamespace(lab);
      const inSwitch = i === 0 ? ["--slirp"] : [];
      const command = [...inside, ...underTest];
      const { directory } = await startSwitch(lab, `sw${i}`, { command, options: ["--tap", "g0", ...inSwitch] });
      const [program, ...words] = way(directory);
      if (program !== undefined) lab.start(program, ...words);
      await give("g0", "10.0.2.15/24");
      await until(`${name} hears the gateway`, async () => {
        const [ip = "", ...rest] = inside;
        return (await lab.start(ip, ...rest, "ping", "-c", "1", "-W", "1", HOST).exit()).code === 0;
      });
    }
  }),
);

withQemu(
  "a QEMU guest reaches the gateway of a switch",
  inLab(async (lab) => {
    const { directory, console } = await startSwitch(lab, "sw", { command: underTest, options: ["--slirp"] });
    const guest = { address: "10.0.2.15", peer: HOST, mac: "52:54:00:00:00:15" };
    await startGuest(lab, directory, packImage(lab), guest).says(/guest 10\.0\.2\.15: 10\.0\.2\.2 answers/, BOOT_MS);
    assert.match(await console.command("slirp/list"), /slirp 10\.0\.2\.2 fd00::2 tcp=0/);
  }),
);

withCurl(
  "a switch tells programs of its gateways",
  inLab(async (lab) => {
    const api = lab.path("api");
    const options = ["--slirp", "--slirp=v4/addr=10.9.0.2/guestflows=7", "--api", api];
    const { console } = await startSwitch(lab, "sw", { command: underTest, options });
    const ask = async (path: string) => {
      const run = lab.start("curl", "-s", "--unix-socket", api, `http://switch${path}`);
      await run.exit();
      return JSON.parse(run.text());
    };
    await until("both gateways are plugged in, and told of", () => existsSync(api));
    const [first, second] = await ask("/gateways");
    assert.equal([first.name, second.name], ["slirp 10.0.2.2 fd00::2", "slirp 10.9.0.2"]);
    const limits = await ask(`/gateways/${second.port}/limits`);
    assert.is(limits.find(({ name }: { name: string }) => name === "guestflows").limit, 7);
    assert.match(await console.command(`slirp/limits ${second.port}`), /guestflows=7 /);
  }),
);

withWiki(
  "slirpvde -d -s /tmp/vde.ctl -dhcp, as the wiki shows it, on our switch and on VDE's",
  inLab(async (lab) => {
    for (const [i, command] of [underTest, real].entries()) {
      const { directory, console } = await startSwitch(lab, `wiki${i}`, { command });
      const pidfile = lab.path(`pid${i}`);
      const started = startTool(lab, "slirpvde", "-d", "-s", directory, "-dhcp", "-p", pidfile);
      assert.is((await started.exit()).code, 0, started.complaints());
      const pid = Number(readFileSync(pidfile, "utf8"));
      lab.later(() => void process.kill(pid));
      const shown = await console.command("port/print");
      assert.match(shown, /-- endpoint ID \d+ module unix prog {3}: slirpvde: user=\w+ pid=\d+/i);
    }
  }),
);

guests(
  "a gateway alone has a console and an API, and both open ways in",
  inLab(async (lab) => {
    const [mgmt, api] = [lab.path("mgmt"), lab.path("api")];
    const guest = await startGuestBehind(lab, "slirpvde", "-M", mgmt, "--api", api, "--limit", "guestflows=9");
    await configure(guest);
    const console = await openConsole(lab, mgmt, { prompt: "\nVDEslirp$ " });
    assert.match(await console.command("slirp/limits"), /^guestflows=9 /m);
    const taken = await serveHttp(lab, (_request, response) => response.end());
    assert.match(await console.command(`slirp/add tcp:127.0.0.1:${taken}:10.0.2.15:80`), /^1098 /m);
    const curl = async (...words: string[]) => {
      const run = lab.start("curl", "-s", "--unix-socket", api, ...words);
      await run.exit();
      return JSON.parse(run.text());
    };
    const [row] = await curl("http://gateway/gateways");
    assert.is(row.name, "slirp 10.0.2.2");
    const forward = `unix:7777:${api}`; // a way in to itself
    const json = ["-H", "Content-Type: application/json", "-d", JSON.stringify({ forward })];
    assert.equal(await curl("http://gateway/gateways/0/forwards", ...json), [forward]);
    assert.match(await guest.run("curl", "-sf", `http://${HOST}:7777/gateways/0/flows`), /"state":"open"/);
    assert.match(await console.command("slirp/flows"), /^tcp 10\.0\.2\.15:\d+ 10\.0\.2\.2:7777 /m);
    console.tell("shutdown");
    assert.is((await guest.gateway.exit()).code, 0);
  }),
);

test(
  "refuses a forward that is none, and says what is wanted",
  inLab(async (lab) => {
    for (const [words, wanted] of [
      [["-L", "22080"], /-L 22080: a forward is \[ADDRESS:\]PORT:GUEST:PORT/],
      [["-L", "0:10.0.2.15:80"], /a forward is/],
      [["-U", "53:nobody:53"], /a forward is/],
      [["-L", "2222:192.168.1.1:22", "-s", lab.path("nowhere")], /192\.168\.1\.1 is no guest's address/],
      [["-x", "6010"], /-x 6010: \[ADDRESS:\]PORT:PATH is wanted/],
      [["-H", "10.0.2"], /-H 10\.0\.2: an address is wanted/],
      [["--limit", "guests=1"], /a limit is NAME=NUMBER/],
      [["--api", "8080"], /--api-token-file is wanted/],
      [["--api", "0.0.0.0:8080"], /this machine's loopback/],
    ] as const) {
      const program = startTool(lab, "slirpvde", ...words);
      assert.ok((await program.exit()).code !== 0, words.join(" "));
      assert.match(program.complaints(), wanted);
    }
  }),
);

test.run();
