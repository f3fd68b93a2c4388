// Guests of v86 under Node on our switch: by our link, and by v86's own WebSocket and Wisp to our server.

import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import type { Guest } from "../../guests/guest.js";
import { noGuest } from "../../guests/parts.js";
import { NodeBackend } from "../../host-node/gateway/backend.js";
import { type OpenSwitch, openSwitch } from "../../host-node/open.js";
import { serveWebSocket } from "../../host-node/servers/websocket/server.js";
import { wisp } from "../../host-node/servers/websocket/wisp.js";
import { policyOf } from "../../host-node/transports/slirp.js";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { cardOf, shows, startIpxe, startLinux } from "./v86.js";

const test = suite("v86 on Node");
const withGuests = needs(test, { unless: noGuest });

/** Node has had one of its own since version 22. v86 takes the global one. */
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

async function open(lab: Lab): Promise<OpenSwitch> {
  const sw = await openSwitch({ ports: 8 });
  lab.later(() => sw.close());
  return sw;
}

/** Two ports with a VLAN of tagged frames beside the untagged ones. */
function trunk(sw: OpenSwitch, vlan: number): void {
  sw.vlans.create(vlan);
  for (const port of [1, 2]) {
    sw.ports.create(port);
    sw.vlans.addPort(vlan, port);
  }
}

/** A script of iPXE: addresses with and without a tag. */
function addresses(host: number): string {
  return [
    "ifopen net0",
    `set net0/ip 10.0.0.${host}`,
    "set net0/netmask 255.255.255.0",
    "vcreate --tag 10 net0",
    "ifopen net0-10",
    `set net0-10/ip 10.10.0.${host}`,
    "set net0-10/netmask 255.255.255.0",
  ].join("\n");
}

for (const type of ["virtio", "ne2k"] as const) {
  withGuests(
    `two iPXE guests with ${type} ping each other, untagged and tagged`,
    inLab(async (lab) => {
      const sw = await open(lab);
      trunk(sw, 10);
      const silent = await startIpxe(lab, `${addresses(2)}\necho SERVES\nshell`, type);
      sw.plug(cardOf(silent, type), { port: 2 });
      await shows(silent, /SERVES/);
      const pings = "ping --count 3 10.0.0.2 && echo PLAIN\nping --count 3 10.10.0.2 && echo TAGGED";
      const active = await startIpxe(lab, `${addresses(1)}\n${pings}\necho DONE\nshell`, type);
      sw.plug(cardOf(active, type), { port: 1 });
      const text = await shows(active, /^DONE/m);
      assert.match(text, /^PLAIN/m);
      assert.match(text, /^TAGGED/m);
      const learned = [...sw.fdb.list()].map(({ port, vlan }) => `${port} ${vlan}`).sort();
      assert.equal(learned, ["1 0", "1 10", "2 0", "2 10"]);
    }),
  );
}

/** Fetches a file of half a megabyte of chance, and compares what came with what is there. */
async function carry(from: Guest, address: string, to: Guest): Promise<void> {
  await from.do("mkdir -p /srv && dd if=/dev/urandom of=/srv/file bs=1k count=512 2>/dev/null && httpd -h /srv");
  const [sent] = (await from.do("md5sum </srv/file")).split(" ");
  const [got] = (await to.do(`wget -q -O - http://${address}/file | md5sum`)).split(" ");
  assert.is(got, sent);
}

withGuests(
  "two Linux guests reach each other, untagged and tagged, and carry a file",
  inLab(async (lab) => {
    const sw = await open(lab);
    trunk(sw, 10);
    const guests = await Promise.all([startLinux(lab), startLinux(lab)]);
    const [left, right] = guests.map(({ guest }) => guest) as [Guest, Guest];
    for (const [index, { emulator, guest }] of guests.entries()) {
      sw.plug(cardOf(emulator), { port: index + 1 });
      await guest.do(`network g${index + 1} 10.0.0.${index + 1}/24`);
      for (const vlan of [10, 20]) {
        await guest.do(`vconfig add eth0 ${vlan} >/dev/null && ip link set eth0.${vlan} up`);
        await guest.do(`ip address add 10.${vlan}.0.${index + 1}/24 dev eth0.${vlan}`);
      }
    }
    await left.do("ping -c 2 -W 10 10.0.0.2");
    await left.do("ping -c 2 -W 10 -s 1472 10.10.0.2");
    assert.is((await left.run("ping -c 1 -W 2 10.20.0.2")).status, 1); // a VLAN that no port is in
    assert.ok((sw.counters(1).drops["not-member"] ?? 0) > 0);
    await carry(right, "10.0.0.2", left);
  }),
);

withGuests(
  "v86's own WebSocket plugs guests into rooms of our server",
  inLab(async (lab) => {
    const sw = await open(lab);
    const server = await serveWebSocket(sw, { port: 0, rooms: { named: { blue: 10, red: 20 } } });
    lab.later(() => server.close());
    const join = (room: string) => startLinux(lab, { relay_url: `${server.url}room/${room}` });
    const [one, two, other] = (await Promise.all([join("blue"), join("blue"), join("red")])).map(({ guest }) => guest);
    await Promise.all([one, two, other].map((guest, index) => guest!.do(`network g 10.0.0.${index + 1}/24`)));
    await one!.do("ping -c 2 -W 20 10.0.0.2");
    assert.is((await one!.run("ping -c 1 -W 2 10.0.0.3")).status, 1);
    await other!.run("ping -c 1 -W 2 10.0.0.1"); // it opens its socket with its first frame
    const rooms = server.list().map(({ room }) => room.name);
    assert.equal(rooms.sort(), ["blue", "blue", "red"]);
    await carry(two!, "10.0.0.2", one!);
  }),
);

withGuests(
  "a guest with v86's own wisp:// fetches a file through the server, by its gateway's rules",
  inLab(async (lab) => {
    const file = randomBytes(100_000);
    const web = createServer((_request, response) => response.end(file)).listen(0, "127.0.0.1");
    await once(web, "listening");
    lab.later(() => void web.close());
    const { port } = web.address() as AddressInfo;
    const handlers = { "/wisp": wisp(policyOf(""), new NodeBackend()) };
    const server = await serveWebSocket(await open(lab), { port: 0, handlers });
    lab.later(() => server.close());
    const { guest } = await startLinux(lab, { relay_url: `${server.url.replace("ws://", "wisp://")}wisp/` });
    await guest.do("network g 192.168.86.100/24 && ip route add default via 192.168.86.1");
    const [got] = (await guest.do(`wget -q -O - http://10.0.2.2:${port}/ | md5sum`)).split(" ");
    assert.is(got, createHash("md5").update(file).digest("hex"));
  }),
);

test.run();
