// vde_pcapplug and pcap:// on a network interface: one end of a cable between two network namespaces.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { frame as patterned } from "../frame.js";
import { needs } from "../skip.js";
import { heard } from "./crossing.js";
import { frame, framed } from "./frames.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import { plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { startSwitch, underTest } from "./switch.js";
import { ours, PAIRS } from "./tools.js";
import { carryAll, FAR, NEAR, startIn } from "./traffic.js";
import { until } from "./wait.js";

const test = suite("pcap");
const withNamespaces = needs(test, { commands: ["ip", "ping"], namespaces: true });
const withReal = needs(test, { commands: ["ip", "ping", "vde_pcapplug", "vde_switch"], namespaces: true });
const withLoad = needs(test, { commands: ["ip", "iperf3"], namespaces: true });
const withoutRights = needs(test, { commands: ["ip", "setpriv"], namespaces: true });

async function ip(lab: Lab, { name }: Namespace, line: string): Promise<void> {
  assert.is((await lab.start("ip", "-n", name, ...line.split(" ")).exit()).code, 0, line);
}

/** Two namespaces that an Ethernet cable joins, eth0 to eth0. Neither has an address. */
async function cabled(lab: Lab, options = "mtu 1500"): Promise<[Namespace, Namespace]> {
  const [near, far] = [await makeNamespace(lab), await makeNamespace(lab)];
  await ip(lab, near, `link add eth0 ${options} type veth peer name eth0 ${options} netns ${far.name}`);
  for (const each of [near, far]) await ip(lab, each, "link set eth0 up");
  return [near, far];
}

/** A machine at the far end of an interface, and one behind a tap: the switch is between. */
async function machines(lab: Lab, plug: string, command: readonly string[]): Promise<[Namespace, Namespace]> {
  const [middle, far] = await cabled(lab);
  const near = await makeNamespace(lab);
  const bench = await startSwitch(lab, "sw", { command });
  startIn(lab, middle, plug, "-s", bench.directory, "eth0");
  await bench.console.shows("port/print", /vde_pcapplug: user=\w+ pid=\d+$/m);
  startIn(lab, near, ours(lab, "vde_plug2tap"), "-s", bench.directory, "tap0");
  await near.configure("tap0", `${NEAR}/24`);
  await far.configure("eth0", `${FAR}/24`);
  return [near, far];
}

for (const { title, box, command } of PAIRS) {
  withReal(
    `${title}: a frame of the switch is on the wire`,
    inLab(async (lab) => {
      const [middle, far] = await cabled(lab);
      const bench = await startSwitch(lab, "sw", { command });
      startIn(lab, middle, box(lab, "vde_pcapplug"), "-s", bench.directory, "eth0");
      const [station, ear] = [await plugInto(lab, bench.directory), onStreams(lab, far)];
      await until("the wire has it", () => {
        station.send(frame("a > * to the wire"));
        return heard(ear).includes("a > * to the wire");
      });
    }),
  );

  if (box !== ours) continue; // Debian's, with the libpcap that is there, hears nothing of the wire
  withReal(
    `${title}: a machine on the wire and one on the switch ping each other`,
    inLab(async (lab) => {
      const [near, far] = await machines(lab, box(lab, "vde_pcapplug"), command);
      await startIn(lab, near, "ping", "-c", "2", "-i", "0.2", FAR).says(/ 2 received/);
      await startIn(lab, far, "ping", "-c", "2", "-i", "0.2", NEAR).says(/ 2 received/);
    }),
  );
}

withLoad(
  "carries what the wire's card and ours would cut and sum up, of both families",
  inLab(async (lab) => {
    const [near, far] = await machines(lab, ours(lab, "vde_pcapplug"), underTest);
    await carryAll(lab, [near, "tap0"], [far, "eth0"]);
  }),
);

withNamespaces(
  "a switch has an interface in a port by --link",
  inLab(async (lab) => {
    const [middle, far] = await cabled(lab);
    const command = [...middle.inside, ...underTest];
    const { directory } = await startSwitch(lab, "sw", { command, options: ["--link", "pcap://eth0"] });
    const near = await makeNamespace(lab);
    startIn(lab, near, ours(lab, "vde_plug2tap"), "-s", directory, "tap0");
    await near.configure("tap0", `${NEAR}/24`);
    await far.configure("eth0", `${FAR}/24`);
    await startIn(lab, near, "ping", "-c", "2", "-i", "0.2", FAR).says(/ 2 received/);
  }),
);

/** An interface on the standard input and output of our tool. */
function onStreams(lab: Lab, namespace: Namespace): Program {
  return startIn(lab, namespace, ours(lab, "vde_pcapplug"), "-s", "-", "eth0");
}

/** Both ends of a cable in this way. */
async function ends(lab: Lab, options?: string): Promise<[Program, Program, Namespace]> {
  const [near, far] = await cabled(lab, options);
  const [left, right] = [onStreams(lab, near), onStreams(lab, far)];
  await until("both ends carry frames", () => {
    left.tell(framed(frame("l > * hello")));
    right.tell(framed(frame("r > * hello")));
    return heard(left).includes("r > * hello") && heard(right).includes("l > * hello");
  });
  return [left, right, near];
}

withNamespaces(
  "keeps VLAN tags, which the kernel takes off, and hears nothing of what it sends",
  inLab(async (lab) => {
    const [left, right] = await ends(lab);
    for (const text of ["l > r #10 ten", "l > r #4094 last", "l > r none"]) left.tell(framed(frame(text)));
    await until("the last of them", () => heard(right).includes("l > r none"));
    const spoken = (tool: Program) => heard(tool).filter((text) => text !== undefined); // a kernel looks for routers, too
    assert.equal(spoken(right).slice(-3), ["l > r #10 ten", "l > r #4094 last", "l > r none"]);
    assert.ok(spoken(left).every((text) => text.startsWith("r > ")));
  }),
);

withNamespaces(
  "carries large frames, and says once which are too long for the interface",
  inLab(async (lab) => {
    const [left, right] = await ends(lab, "mtu 9000");
    for (let i = 0; i < 2; i++) left.tell(framed(patterned("a > b /9100")));
    const large = patterned("a > b /9014");
    left.tell(framed(large));
    await until("a large frame", () => right.octets().includes(Buffer.from(large)));
    assert.match(left.complaints(), /^vde_pcapplug: eth0: frames of 9100 octets are too long for its MTU, .*\n$/);
  }),
);

withNamespaces(
  "goes on when its interface was down, and ends with 1 when it is removed",
  inLab(async (lab) => {
    const [left, right, near] = await ends(lab);
    await ip(lab, near, "link set eth0 down");
    await until("a word about it", () => /eth0 is down: nothing passes until it is up\n$/.test(left.complaints()));
    await ip(lab, near, "link set eth0 up");
    await until("frames pass again", () => {
      left.tell(framed(frame("l > * again")));
      return heard(right).includes("l > * again");
    });
    await ip(lab, near, "link delete eth0");
    assert.equal(await left.exit(), { code: 1, signal: null });
    assert.match(left.complaints(), /\nvde_pcapplug: No such device: eth0 was removed\n$/);
  }),
);

withoutRights(
  "says what it takes where it may not",
  inLab(async (lab) => {
    const [near] = await cabled(lab);
    const rightless = ["setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"];
    const tool = startIn(lab, near, ...rightless, ...underTest.slice(0, 2), "pcapplug", "-s", "-", "eth0");
    assert.equal(await tool.exit(), { code: 1, signal: null });
    assert.match(tool.complaints(), /Operation not permitted: it takes root or CAP_NET_RAW /);
  }),
);

test.run();
