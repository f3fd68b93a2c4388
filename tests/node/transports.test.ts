// Every transport against what every link must do.

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Link } from "../../host/link.js";
import { linkPair } from "../../host/link-pair.js";
import { linkOf } from "../../host-node/cable/link.js";
import { readSecret, serverOf } from "../../host-node/crypt/secrets.js";
import { Server } from "../../host-node/crypt/server.js";
import { socketPair } from "../../host-node/native/pipe.js";
import { SOCK_SEQPACKET } from "../../host-node/native/socket.js";
import { openSwitch } from "../../host-node/open.js";
import { openLink } from "../../host-node/transports/open.js";
import { type LinkKind, linkSuite } from "../conformance/link.js";
import { frame, words } from "../frame.js";
import { freePort } from "../free-port.js";
import type { Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";

/** Below those that the kernel gives to whoever asks for any. */
let port = 10_000 + (process.pid % 20_000);

function conforms(name: string, kind: Omit<LinkKind, "name">): void {
  linkSuite({ name, ...kind }).run();
}

async function dial(url: string): Promise<Link> {
  return linkOf(await openLink(url, { description: "conformance" }));
}

/** One after the other, for those of which the first makes what the second finds. */
async function both(first: string, second: string): Promise<[Link, Link]> {
  return [await dial(first), await dial(second)];
}

async function throughSwitch(lab: Lab): Promise<[Link, Link]> {
  const dir = lab.path("sw");
  const sw = await openSwitch({ hub: true, vde: { dir } });
  lab.later(() => sw.close());
  return await both(dir, `vde://${dir}[3]`);
}

conforms("vde://", { open: throughSwitch, tellsOfClose: false, longest: 9_216 });
conforms("ptp://", { open: (lab) => both(`ptp://${lab.path("p")}`, `ptp://${lab.path("p")}`), tellsOfClose: false });
conforms("dgram://", {
  open: (lab) => both(`dgram://${lab.path("a")}->${lab.path("b")}`, `dgram://${lab.path("b")}->${lab.path("a")}`),
  tellsOfClose: false,
});
conforms("udp://", {
  open: () => {
    const [a, b] = [port++, port++];
    return both(`udp://127.0.0.1:${a}->127.0.0.1:${b}`, `udp://${b}->localhost:${a}`);
  },
  tellsOfClose: false,
});
conforms("stream://", {
  open: (lab) => Promise.all([dial(`stream://${lab.path("s")}[server]`), later(`stream://${lab.path("s")}`)]),
});
conforms("cmd://", {
  open: async (lab) => {
    const [wire, loom] = [`ptp://${lab.path("p")}`, fileURLToPath(new URL("../../../bin/loom.js", import.meta.url))];
    const far = await dial(wire);
    return [await answering(await dial(`cmd://${process.execPath} ${loom} plug ${wire}`), far), far];
  },
  tellsOfClose: false,
});
conforms("seqpacket://", {
  open: () => {
    const [a, b] = socketPair(SOCK_SEQPACKET);
    return both(`seqpacket://${a}`, `seqpacket://${b}`);
  },
});
for (const scheme of ["hub", "switch", "multi", "bonding"])
  conforms(`${scheme}://`, { open: (lab) => both(`${scheme}://${lab.path("net")}`, lab.path("net")) });
conforms("vlan://", {
  open: (lab) => {
    const inner = `{ptp://${lab.path("p")}}`;
    return both(`vlan://12[tag=7]${inner}`, `vlan://12[tag=7]${inner}`);
  },
  tellsOfClose: false,
  longest: 9_230,
});
conforms("wire://", {
  open: (lab) => {
    const inner = `{ptp://${lab.path("p")}}`;
    return both(`wire://delay=2,mtu=9300${inner}`, `wire://bandwidth=1G${inner}`);
  },
  tellsOfClose: false,
});
conforms("vxlan://", {
  open: () => {
    const rest = `port=${port++}/vni=5`;
    return both(`vxlan://127.0.0.3/bind=127.0.0.2/${rest}`, `vxlan://127.0.0.2/bind=127.0.0.3/${rest}`);
  },
  tellsOfClose: false,
});
conforms("vxvde://", {
  open: () => {
    const url = `vxvde://239.255.7.7/if=lo/port=${port++}/vni=77`;
    return both(url, url);
  },
  tellsOfClose: false,
});

conforms("crypt://", { open: toServer, tellsOfClose: false });
conforms("pcap://", {
  open: cabled,
  tellsOfClose: false,
  needs: { commands: ["ip"], namespaces: true },
});

/** A client of a server in this program, and what the server has in place of a plug in a switch. */
async function toServer(lab: Lab): Promise<[Link, Link]> {
  const [plug, far] = linkPair();
  const secret = lab.path("secret");
  writeFileSync(secret, randomBytes(32), { mode: 0o600 });
  const own = await freePort();
  const server = new Server({
    port: own,
    secrets: serverOf(readSecret(secret)),
    open: async () => plug,
    log: () => {},
  });
  const stop = new AbortController();
  const served = server.serve(stop.signal);
  lab.later(async () => {
    stop.abort();
    await served;
  });
  return [await answering(await dial(`crypt://127.0.0.1:${own}[preshared='${secret}']`), far), far];
}

/** The two ends of a cable between interfaces of this machine, on which the machine itself says nothing. */
async function cabled(lab: Lab): Promise<[Link, Link]> {
  const [left, right] = ["a", "b"].map((end) => `lo${process.pid}${end}`) as [string, string];
  const ip = async (line: string) => void (await lab.start("ip", ...line.split(" ")).exit());
  lab.later(() => ip(`link del ${left}`));
  await ip(`link add ${left} mtu 9220 type veth peer name ${right} mtu 9220`);
  for (const name of [left, right]) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, "1");
    await ip(`link set ${name} up`);
  }
  return await both(`pcap://${left}`, `pcap://${right}`);
}

/** When the server listens. */
async function later(url: string): Promise<Link> {
  return await until("the server listens", () => dial(url).catch(() => undefined));
}

/** When the command at the other end is under way: what is sent before goes nowhere. */
async function answering(link: Link, far: Link): Promise<Link> {
  let heard = "";
  link.onframe = (octets) => {
    heard = words(octets);
  };
  await until("the command carries frames", () => {
    far.send(frame("a > b"));
    return heard !== "";
  });
  far.send(frame("b > a"));
  await until("the last of them came", () => heard === "b > a");
  return link;
}
