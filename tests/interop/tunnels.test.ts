// VXLAN against the kernel, VXVDE and nodes against libvdeplug, QEMU's framing against QEMU.

import { once } from "node:events";
import { createConnection } from "node:net";
import { suite } from "uvu";
import { needs } from "../skip.js";
import { heard } from "./crossing.js";
import { frame, framed } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import { plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { debians, ours } from "./tools.js";
import { until } from "./wait.js";

const test = suite("tunnels and nodes");
const withKernel = needs(test, { commands: ["ip", "ping"], namespaces: true });
const withPlug = needs(test, { commands: ["ip", "vde_plug"], namespaces: true });
const withReal = needs(test, { commands: ["vde_plug"] });

function inside(lab: Lab, { inside: prefix }: Namespace, ...command: readonly string[]): Program {
  const [program = "", ...args] = [...prefix, ...command];
  return lab.start(program, ...args);
}

function ip(lab: Lab, { name }: Namespace, line: string): Promise<unknown> {
  return lab.start("ip", "-n", name, ...line.split(" ")).exit();
}

/** Two namespaces with a cable between them, 10.7.0.1 and 10.7.0.2. */
async function joined(lab: Lab): Promise<[Namespace, Namespace]> {
  const [near, far] = [await makeNamespace(lab), await makeNamespace(lab)];
  await ip(lab, near, `link add eth0 type veth peer name eth0 netns ${far.name}`);
  await near.configure("eth0", "10.7.0.1/24");
  await far.configure("eth0", "10.7.0.2/24");
  return [near, far];
}

for (const [title, to, peer] of [
  ["a static peer", "10.7.0.2", "remote 10.7.0.1"],
  ["a group", "239.7.7.7", "group 239.7.7.7"],
] as const) {
  withKernel(
    `vxlan:// and the kernel's VXLAN ping each other, by ${title}`,
    inLab(async (lab) => {
      const [near, far] = await joined(lab);
      inside(lab, near, ours(lab, "vde_plug"), `vxlan://${to}/vni=42/if=eth0`, "tap://tap0");
      await near.configure("tap0", "10.8.0.1/24");
      await ip(lab, far, `link add vx0 type vxlan id 42 ${peer} dstport 4789 dev eth0`);
      await far.configure("vx0", "10.8.0.2/24");
      await inside(lab, near, "ping", "-c", "2", "-i", "0.2", "10.8.0.2").says(/ 2 received/);
      await inside(lab, far, "ping", "-c", "2", "-i", "0.2", "10.8.0.1").says(/ 2 received/);
    }),
  );
}

/** Two programs on standard input and output hear each other. */
async function talk(left: Program, right: Program): Promise<void> {
  await until("a frame to the right", () => {
    left.tell(framed(frame("l > * hello")));
    return heard(right).includes("l > * hello");
  });
  right.tell(framed(frame("r > l hello too")));
  await until("a frame to the left", () => heard(left).includes("r > l hello too"));
}

for (const [title, left, right] of [
  ["ours and Debian's", ours, debians],
  ["two of ours", ours, ours],
] as const) {
  withPlug(
    `vxvde:// of two machines: ${title}`,
    inLab(async (lab) => {
      const [near, far] = await joined(lab);
      for (const each of [near, far]) await ip(lab, each, "route add 224.0.0.0/4 dev eth0");
      const url = "vxvde://239.7.7.8/vni=9";
      await talk(inside(lab, near, left(lab, "vde_plug"), url), inside(lab, far, right(lab, "vde_plug"), url));
    }),
  );
}

/** Waits until a node takes connections: its socket is there a little earlier. */
function serves(net: string, node: Program): Promise<boolean> {
  return until(`a node at ${net}`, async () => {
    node.orDies();
    const socket = createConnection(`${net}/ctl`);
    const connected = once(socket, "connect").then(
      () => true,
      () => false,
    );
    return await connected.finally(() => socket.destroy());
  });
}

for (const scheme of ["hub", "switch", "multi", "bonding"]) {
  for (const [title, server, client] of [
    ["ours, with Debian's plug", ours, debians],
    ["Debian's, with our plug", debians, ours],
  ] as const) {
    withReal(
      `${scheme}://, ${title}`,
      inLab(async (lab) => {
        const net = lab.path("net");
        const node = lab.start(server(lab, "vde_plug"), `${scheme}://${net}`);
        await serves(net, node);
        await talk(node, lab.start(client(lab, "vde_plug"), net));
      }),
    );
  }
}

/** Who hears what: from this end, and from the first of two plugs. */
for (const [scheme, fromPlug] of [
  ["hub", true],
  ["switch", true],
  ["multi", false],
  ["bonding", false],
] as const) {
  test(
    `plugs of ${scheme}:// hear each other: ${fromPlug}`,
    inLab(async (lab) => {
      const net = lab.path("net");
      const node = lab.start(ours(lab, "vde_plug"), `${scheme}://${net}`);
      await serves(net, node);
      const [one, two] = [await plugInto(lab, net), await plugInto(lab, net)];
      one.send(frame("a > * to all"));
      await until("the node hears it", () => heard(node).includes("a > * to all"));
      for (let i = 0; i < 2; i++) node.tell(framed(frame(`n > * ${i}`)));
      await until("both turns", () => [...one.all(), ...two.all()].filter((text) => /^n > /.test(text)).length >= 2);
      await two.hears(
        fromPlug ? "a > * to all" : scheme === "multi" ? "n > * 1" : `n > * ${two.all().includes("n > * 0") ? 0 : 1}`,
      );
      if (!fromPlug && two.all().includes("a > * to all")) throw new Error("a plug heard another");
      if (scheme === "bonding" && one.all().length !== 1) throw new Error(`one plug heard ${one.all()}`);
    }),
  );
}

test.run();
