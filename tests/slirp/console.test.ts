// Gateways in a switch, as a manager sees them; and what people write: addresses, forwards.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { address, addressText, parseAddress } from "../../host/slirp/address.js";
import { forwardText, parseDisplay, parseExecution, parseForward, parseRedirect } from "../../host/slirp/forward.js";
import { consoleBench } from "../host/console-bench.js";
import { refuses } from "../refusal.js";
import { bench, MadeGuest, send } from "./guest.js";
import { Connection } from "./tcp-guest.js";

const test = suite("slirp console");

test("lists gateways, leases and connections, and opens and closes ways in", async () => {
  const lab = bench();
  const { console, sw } = consoleBench();
  const run = async (line: string) => String(await console.run(line, { scripts: [] }));
  assert.match(await run("slirp/list"), /^1002 .*there is no gateway/m);
  sw.plug(lab.gateway, { port: 3 });
  const guest = new MadeGuest(lab);
  new Connection(lab, guest, "198.51.100.7", 80).say(2);
  send(lab, guest.udp("10.0.2.15", 5, "198.51.100.7", 5, new Uint8Array(1)));
  assert.match(await run("slirp/list"), /^Port 0003 slirp 10\.0\.2\.2 fd00::2 tcp=1 udp=1 leases=0$/m);
  assert.match(await run("slirp/flows"), /^Port 0003 tcp 10\.0\.2\.15:40000 198\.51\.100\.7:80 connecting$/m);
  assert.match(await run("slirp/flows 3"), /^Port 0003 udp 10\.0\.2\.15:5 peers=1$/m);
  assert.match(await run("slirp/flows 4"), /^1002 .*none in port 4/m);
  assert.match(await run("slirp/add tcp:8080:10.0.2.15:80"), /^1000/);
  assert.match(await run("slirp/add 3 tcp:8080:10.0.2.15:80"), /^1017 .*is there/);
  assert.match(await run("slirp/add tcp:8080:192.168.1.1:80"), /^1022 .*no guest's address/);
  assert.match(await run("slirp/add tcp:8080"), /^1022 .*a forward is/);
  assert.match(await run("slirp/list"), /^ forward tcp:8080:10\.0\.2\.15:80$/m);
  assert.ok(lab.world.listeners.has(8_080));
  assert.match(await run("slirp/remove tcp:8080:10.0.2.15:80"), /^1000/);
  assert.match(await run("slirp/remove tcp:8080:10.0.2.15:80"), /^1002/);
  assert.is(lab.world.listeners.size, 0);
  assert.match(await run("slirp/limits"), /^Port 0003 flows=4096 used=1 \(TCP connections\)$/m);
  assert.match(await run("slirp/limits"), /^Port 0003 guest 02:00:00:00:00:0f flows=1 ports=1 memory=0 refused=0$/m);
  assert.match(await run("slirp/setlimit guestflows 1"), /^1000/);
  assert.match(await run("slirp/setlimit 3 guestrate 125000"), /^1000/);
  new Connection(lab, guest, "198.51.100.7", 81, 40_001).say(2);
  assert.match(await run("slirp/limits"), /^Port 0003 guestflows=1 [\s\S]*refused=1$/m);
  assert.match(await run("slirp/list"), /^ drop a limit was reached 1$/m);
  for (const wrong of ["", "guestflows", "guestflows 0", "guestflows x", "guestflows 1 2", "nothing 1"])
    assert.match(await run(`slirp/setlimit ${wrong}`), /^1022/, wrong);
  lab.gateway.close();
  assert.match(await run("slirp/list"), /^1002/m);
});

test("ports of the gateway lead to sockets and commands, by an address that it has for that alone", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  const { forwards, settings } = lab.gateway;
  const own = settings.own.length;
  const there = parseForward("unix:10.0.2.100:80:/a");
  await forwards.add(there);
  await forwards.add(parseExecution("10.0.2.100:81:/bin/cat -u"));
  await forwards.add(parseRedirect("7:/b"));
  for (const [to, port] of [
    ["10.0.2.100", 80],
    ["10.0.2.100", 81],
    ["10.0.2.2", 7],
    ["10.0.2.100", 7],
    ["10.0.2.2", 81],
  ] as const)
    new Connection(lab, guest, to, port).say(2);
  const opened = lab.world.streams.map(({ to }) => to);
  assert.equal(opened, [{ path: "/a" }, { command: "/bin/cat -u" }, { path: "/b" }, { host: "127.0.0.1", port: 81 }]);
  for (const text of ["unix:10.0.3.1:80:/a", "unix:10.0.2.255:80:/a"])
    assert.is((await forwards.add(parseForward(text)).catch((error) => error)).code, "EINVAL", text);
  const taken = await forwards.add(parseForward("unix:10.0.2.100:80:/c")).catch((error) => error);
  assert.is(taken.code, "EADDRINUSE");
  assert.is(settings.own.length, own + 1);
  send(lab, guest.udp("10.0.2.100", 5, "198.51.100.7", 5, new Uint8Array(1)));
  assert.equal(lab.world.sent, [], "and no guest has it");
  forwards.remove(forwardText(there));
  assert.is(settings.own.length, own + 1);
  forwards.remove("cmd:10.0.2.100:81:/bin/cat -u");
  assert.is(settings.own.length, own);
  lab.gateway.close();
});

test("addresses are read as they are written", () => {
  for (const text of ["10.0.2.2", "::", "::1", "fd00::2", "2001:db8::1:0:0:1", "1:2:3:4:5:6:7:8", "fe80::"])
    assert.is(addressText(address(text)), text);
  assert.is(addressText(address("64:ff9b::10.0.0.1")), "64:ff9b::a00:1");
  for (const text of [
    "",
    "10.0.2",
    "10.0.2.256",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "g::",
    "::1.2.3",
    "12345::",
    "1:2:3:4:5:6:7:8::",
  ])
    assert.is(parseAddress(text), undefined, text);
});

test("forwards are read as they are written", () => {
  for (const text of [
    "tcp:2222:10.0.2.15:22",
    "udp:127.0.0.1:53:10.0.2.15:53",
    "tcp:[::1]:80:[fd00::15]:80",
    "unix:6010:/tmp/.X11-unix/X0",
    "unix:10.0.2.9:6010:/tmp/x:y",
    "unix:[fd00::9]:6010:rel",
  ])
    assert.is(forwardText(parseForward(text)), text);
  for (const text of [
    "",
    "tcp",
    "tcp:22",
    "tcp:22:10.0.2.15",
    "tcp:70000:10.0.2.15:1",
    "sctp:1:10.0.2.15:1",
    "unix:1:",
    "unix:10.0:1:x",
    "cmd:1:/bin/sh",
    "tcp:x:1:10.0.2.15:1",
  ])
    refuses("EINVAL", () => parseForward(text));
  assert.equal(parseDisplay("10.0.2.15:2.0"), { guest: address("10.0.2.15"), guestPort: 6_002 });
  refuses("EINVAL", () => parseDisplay("host:0"));
});

test.run();
