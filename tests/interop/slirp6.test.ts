// slirpvde6, and what else a gateway does: with a Linux guest in one network namespace, and the world in another.

import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { configure, type Guest, lingering, startGuestIn } from "./gateway.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import { until } from "./wait.js";
import { makeWorld, NAME, WORLD_4, WORLD_6 } from "./world.js";

const test = suite("slirp6");
const guests = needs(test, { commands: ["ip", "ss", "curl"], namespaces: true });
const withDhclient = needs(test, { commands: ["ip", "dhclient"], namespaces: true });
const withBusybox = needs(test, { commands: ["ip", "busybox"], namespaces: true });

/** A guest that has made itself an address of what the router tells. */
async function guestOfSix(lab: Lab, ...options: readonly string[]): Promise<Guest> {
  const guest = await startGuestIn(lab, { world: await makeWorld(lab) }, "slirpvde6", "-Hfd12::1/64", ...options);
  await addressed(guest);
  return guest;
}

async function addressed(guest: Guest): Promise<void> {
  await until("the guest has an address", async () =>
    /inet6 fd12:/.test(await guest.run("ip", "-6", "address", "show", "dev", "g0", "-tentative")),
  );
}

/** A path as a value in a URL. */
function slashed(path: string): string {
  return path.replaceAll("/", "%2f");
}

/** Lets a guest ask a resolver. */
function resolveBy(lab: Lab, guest: Guest, resolver: string): void {
  const folder = `/etc/netns/${guest.namespace.name}`;
  mkdirSync(folder, { recursive: true });
  lab.later(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(`${folder}/resolv.conf`, `nameserver ${resolver}\n`);
}

/** Sends datagrams of some sizes to an echo, and says which came back whole. */
const ECHO = `
const [host, ...sizes] = process.argv.slice(1);
const socket = require("node:dgram").createSocket(host.includes(":") ? "udp6" : "udp4");
const back = [];
socket.on("message", (octets) => {
  if (octets.every((octet, i) => octet === (i & 255))) back.push(octets.length);
  if (back.length === sizes.length) { console.log(back.sort((a, b) => a - b).join(" ")); process.exit(0); }
});
const send = () => sizes.forEach((size) => socket.send(Uint8Array.from({ length: +size }, (_, i) => i & 255), 7, host));
send();
`;

guests(
  "a guest with IPv6 alone reaches both families, IPv4 by name",
  inLab(async (lab) => {
    const guest = await guestOfSix(lab, "-r");
    resolveBy(lab, guest, "fd12::3");
    assert.match(await guest.run("curl", "-sf", "-m", "20", `http://[${WORLD_6}]/`), /^hello/);
    assert.match(await guest.run("curl", "-sf", "-m", "20", `http://${NAME}/`), /^hello .*198\.51\.100\.7$/);
    const { code } = await guest.try("curl", "-sS", "-m", "5", "http://[64:ff9b::127.0.0.1]/");
    assert.is(code, 7, "the loopback is not reached by another name");
    assert.is(await lingering(guest), "");
  }),
);

guests(
  "datagrams go both ways, longer ones in pieces, in both families",
  inLab(async (lab) => {
    const guest = await guestOfSix(lab, "-r", "-H10.0.2.1/24");
    await configure(guest, "10.0.2.15/24", "10.0.2.1");
    for (const host of [WORLD_4, WORLD_6, `64:ff9b::${WORLD_4}`])
      assert.is(
        await guest.run(process.execPath, "-e", ECHO, host, "1", "1400", "4000", "30000"),
        "1 1400 4000 30000\n",
      );
  }),
);

guests(
  "pings get out where the kernel lets users ping",
  inLab(async (lab) => {
    const world = await makeWorld(lab);
    const [program = "", ...words] = [...world.inside, "sysctl", "-w", "net.ipv4.ping_group_range=0 2147483647"];
    assert.is((await lab.start(program, ...words).exit()).code, 0);
    const guest = await startGuestIn(lab, { world }, "slirpvde6", "-Hfd12::1/64", "-H10.0.2.1/24", "-r");
    await configure(guest, "10.0.2.15/24", "10.0.2.1");
    await addressed(guest);
    for (const host of [WORLD_4, WORLD_6, `64:ff9b::${WORLD_4}`])
      assert.match(await guest.run("ping", "-c", "2", "-i", "0.2", "-W", "10", host), / 2 received/);
    const lost = await guest.try("ping", "-c", "1", "-W", "1", "198.51.100.99");
    assert.match(lost.text, / 0 received/);
  }),
);

guests(
  "a file says what guests are told of the router, and a port leads to a command",
  inLab(async (lab) => {
    const file = lab.path("radvd.conf");
    writeFileSync(
      file,
      "interface vd0 { AdvSendAdvert on; AdvLinkMTU 1400; AdvCurHopLimit 33; prefix fd12::/64 {}; prefix fd13::/64 {}; };",
    );
    const guest = await startGuestIn(lab, {}, "slirpvde6", "-Hfd12::1/64", "-R", file);
    assert.match(guest.gateway.complaints(), /radv prefix =fd13::\/64/);
    await addressed(guest);
    assert.match(await guest.run("ip", "-6", "address", "show", "dev", "g0"), /inet6 fd13:/);
    assert.match(await guest.run("sysctl", "-n", "net.ipv6.conf.g0.mtu", "net.ipv6.conf.g0.hop_limit"), /^1400\n33\n$/);
  }),
);

guests(
  "ports of a gateway by its URL lead to commands and Unix sockets, at addresses that are theirs alone",
  inLab(async (lab) => {
    const socket = lab.path("unix.sock");
    const server = createServer((peer) => peer.end("from the socket")).listen(socket);
    lab.later(() => void server.close());
    const forwards = `cmdfwd=10.0.2.100:7:${slashed("/bin/cat")},8:${slashed("/nowhere")}/unixfwd=10.0.2.101:9:${slashed(socket)}`;
    const guest = await startGuestIn(lab, {}, `slirp:///v4/verbose/mru=1400/guestflows=9/${forwards}`);
    await configure(guest);
    const ask = (place: string, text: string) => guest.run("sh", "-c", `printf '${text}' | busybox nc -w 10 ${place}`);
    assert.is(await ask("10.0.2.100 7", "hello"), "hello");
    assert.is(await ask("10.0.2.101 9", ""), "from the socket");
    const { code } = await guest.try("busybox", "nc", "-w", "10", "10.0.2.2", "8");
    assert.is(code, 1, "a command that is none is refused");
  }),
);

/** Sends a datagram to a port where nobody is, and says what becomes of it. */
const KNOCK = `
const socket = require("node:dgram").createSocket(process.argv[1].includes(":") ? "udp6" : "udp4");
socket.on("error", ({ code }) => { console.log(code); process.exit(0); });
socket.connect(9, process.argv[1], () => socket.send("anybody?"));
setTimeout(() => process.exit(1), 20000);
`;

/** Puts a router before a network that nobody is in: it is one hop from the world. */
async function addRouter(lab: Lab, world: Namespace): Promise<void> {
  const { name } = await makeNamespace(lab);
  const lines = [
    `-n ${world.name} link add r0 type veth peer name r1 netns ${name}`,
    `-n ${world.name} address add 192.0.2.2/24 dev r0`,
    `-n ${world.name} link set r0 up`,
    `-n ${world.name} route add 203.0.113.0/24 via 192.0.2.1`,
    `-n ${name} address add 192.0.2.1/24 dev r1`,
    `-n ${name} link set r1 up`,
    `-n ${name} link set lo up`,
    `-n ${name} tuntap add d0 mode tap`,
    `-n ${name} link set d0 up`,
    `-n ${name} route add 203.0.113.0/24 dev d0`,
    `-n ${name} route add 198.51.100.0/24 via 192.0.2.2`,
    `netns exec ${name} sysctl -qw net.ipv4.ip_forward=1`,
  ];
  for (const line of lines) {
    const { code } = await lab.start("ip", ...line.split(" ")).exit();
    assert.is(code, 0, line);
  }
}

guests(
  "an isolated guest does not reach this machine by any of its addresses",
  inLab(async (lab) => {
    const world = await makeWorld(lab);
    const options = ["-Hfd12::1/64", "-H10.0.2.1/24", "-r"];
    const guest = await startGuestIn(lab, { world }, "slirpvde6", "--isolate", ...options);
    await configure(guest, "10.0.2.15/24", "10.0.2.1");
    await addressed(guest);
    for (const host of [WORLD_4, `[${WORLD_6}]`, `[64:ff9b::${WORLD_4}]`, "10.0.2.1", "[fd12::1]"]) {
      const { code, complaints } = await guest.try("curl", "-sS", "-m", "20", `http://${host}/`);
      assert.is(code, 7, `${host}: ${complaints}`); // refused
    }
  }),
);

withBusybox(
  "a guest hears what the world says by ICMP: ports that are closed, and routers on the way",
  inLab(async (lab) => {
    const world = await makeWorld(lab);
    await addRouter(lab, world);
    const guest = await startGuestIn(lab, { world }, "slirpvde6", "-Hfd12::1/64", "-H10.0.2.1/24", "-r");
    await configure(guest, "10.0.2.15/24", "10.0.2.1");
    await addressed(guest);
    for (const host of [WORLD_4, WORLD_6, `64:ff9b::${WORLD_4}`])
      assert.is(await guest.run(process.execPath, "-e", KNOCK, host), "ECONNREFUSED\n", host);
    const way = await guest.run("busybox", "traceroute", "-n", "-q", "2", "-m", "2", "-w", "5", "203.0.113.9");
    assert.match(way, /^ 1 {2}10\.0\.2\.1 .*\n 2 {2}192\.0\.2\.1 /m);
  }),
);

withDhclient(
  "DHCPv6 gives an address, and says who resolves",
  inLab(async (lab) => {
    const guest = await guestOfSix(lab, "-r", "-dhcp");
    const files = (name: string) => ["-lf", lab.path(`${name}.leases`), "-pf", lab.path(`${name}.pid`)];
    const given = await guest.try("dhclient", "-6", "-1", "-v", "-sf", "/bin/true", ...files("a"), "g0");
    assert.match(given.complaints, /IAADDR fd12::1000[\s\S]*Bound to lease/);
    const told = await guest.try("dhclient", "-6", "-S", "-1", "-v", "-sf", "/bin/true", ...files("b"), "g0");
    assert.match(told.complaints, /Reply message[\s\S]*Done/);
    for (const name of ["a", "b"]) await guest.try("dhclient", "-6", "-x", ...files(name), "g0");
  }),
);

guests(
  "ways in: TCP, UDP, a Unix socket, a display",
  inLab(async (lab) => {
    const world = await makeWorld(lab);
    const socket = lab.path("x.sock");
    const server = createServer((peer) => peer.end("from the socket")).listen(socket);
    lab.later(() => void server.close());
    const forwards = [
      "-L",
      "8022:10.0.2.15:80",
      "-U",
      "8053:10.0.2.15:7",
      "-x",
      `6010:${socket}`,
      "-X",
      "10.0.2.15:1.0",
    ];
    const guest = await startGuestIn(lab, { world }, "slirpvde", ...forwards);
    assert.match(guest.gateway.complaints(), /redir TCP {3}=8022:10\.0\.2\.15:80$/m);
    assert.match(guest.gateway.complaints(), /redir X {5}=10\.0\.2\.15:1$/m);
    await configure(guest);
    const serve = `require("node:http").createServer((q, r) => r.end("guest sees " + q.socket.remoteAddress)).listen(80);
require("node:net").createServer((s) => s.end("display")).listen(6001);
const echo = require("node:dgram").createSocket("udp4");
echo.on("message", (octets, { port, address }) => echo.send("back " + octets, port, address));
echo.bind(7, () => console.log("serves"));`;
    await guest.start(process.execPath, "-e", serve).says(/serves/);
    const outside = async (...command: string[]) => {
      const [program = "", ...words] = [...world.inside, ...command];
      const run = lab.start(program, ...words);
      await run.exit();
      return run.text();
    };
    assert.is(await outside("curl", "-sf", "-m", "20", "http://127.0.0.1:8022/"), "guest sees ::ffff:10.0.2.2");
    assert.is(await outside("curl", "-s", "--http0.9", "-m", "20", "http://127.0.0.1:6000/"), "display");
    const ask = `const s = require("node:dgram").createSocket("udp4");
s.on("message", (m) => { console.log(String(m)); s.close(); }); s.send("hello", 8053, "127.0.0.1");`;
    assert.is(await outside(process.execPath, "-e", ask), "back hello\n");
    assert.is(await guest.run("curl", "-s", "--http0.9", "-m", "20", "http://10.0.2.2:6010/"), "from the socket");
  }),
);

withBusybox(
  "TFTP hands out what is in its folder, in short and long blocks, and nothing else",
  inLab(async (lab) => {
    const folder = lab.path("boot");
    const file = randomBytes(100_000);
    mkdirSync(folder);
    writeFileSync(`${folder}/kernel`, file);
    writeFileSync(lab.path("secret"), "secret");
    symlinkSync(lab.path("secret"), `${folder}/link`);
    const guest = await startGuestIn(lab, {}, "slirpvde", "-t", folder);
    await configure(guest);
    const get = (name: string, ...options: string[]) =>
      guest.try(
        "sh",
        "-c",
        `busybox tftp -g ${options.join(" ")} -r ${name} -l - 10.0.2.2 | sha256sum; test \${PIPESTATUS:-0} = 0`,
      );
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256").update(file).digest("hex");
    for (const options of [[], ["-b", "1400"], ["-b", "60000"]])
      assert.match((await get("kernel", ...options)).text, hash);
    for (const name of ["../secret", "link", "nothing"]) {
      const { complaints } = await get(name);
      assert.match(complaints, /server error: \([12]\)/, name);
    }
  }),
);

test.run();
