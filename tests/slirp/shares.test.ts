// One guest that takes all it can get, and another that goes on; and ways around what is forbidden.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parsePrefix } from "../../host/slirp/address.js";
import { readMessage } from "../../host/slirp/dns-message.js";
import { Gateway } from "../../host/slirp/gateway.js";
import { ICMP, TCP } from "../../host/slirp/packet.js";
import { type Bench, BOTH, bench, MadeGuest, send } from "./guest.js";
import { Connection, RST, SYN, said } from "./tcp-guest.js";

const test = suite("slirp shares");
const FAR = "198.51.100.7";
const FAR_6 = "2001:db8:7::7";

/** A question for a name of its own. */
function question(number: number, type = 1): Uint8Array {
  const name = `n${number}`.padEnd(7, "x");
  return Buffer.concat([
    Buffer.from([number >>> 8, number & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.length]),
    Buffer.from(`${name}\x07example\0`, "latin1"),
    Buffer.from([0, type, 0, 1]),
  ]);
}

/** How the host refuses to give anything more. */
function withWorld(changes: object): Bench {
  const lab = bench();
  Object.assign(lab.world, changes);
  return lab;
}

test("questions that nobody answers are their guest's alone", async () => {
  const asked: ((answer: Uint8Array | undefined) => void)[] = [];
  const lab = withWorld({
    resolve: (_query: Uint8Array, answered: (typeof asked)[number]) => void asked.push(answered),
  });
  const [one, two] = [new MadeGuest(lab, 15), new MadeGuest(lab, 16)];
  for (let i = 0; i < 300; i++) send(lab, one.udp("10.0.2.15", 1_000 + i, "10.0.2.3", 53, question(i)));
  assert.is(asked.length, 64);
  send(lab, two.udp("10.0.2.16", 1_000, "10.0.2.3", 53, question(1)));
  assert.is(asked.length, 65);
  for (const answered of asked.splice(0)) answered(undefined);
  send(lab, one.udp("10.0.2.15", 1_000, "10.0.2.3", 53, question(1)));
  assert.is(asked.length, 1, "and it has its share again");
});

test("pings that nobody answers, too", () => {
  let pings = 0;
  const lab = withWorld({ ping: () => void pings++ });
  const [one, two] = [new MadeGuest(lab, 15), new MadeGuest(lab, 16)];
  const echo = Uint8Array.of(8, 0, 0, 0, 0, 1, 0, 2);
  for (let i = 0; i < 300; i++) send(lab, one.make("10.0.2.15", FAR, ICMP, echo));
  send(lab, two.make("10.0.2.16", FAR, ICMP, echo));
  assert.is(pings, 33);
});

test("transfers that nobody acknowledges, too", async () => {
  const lab = bench();
  lab.world.files.set("file", new Uint8Array(5_000));
  const read = Buffer.from("\0\x01file\0octet\0", "latin1");
  const [one, two] = [new MadeGuest(lab, 15), new MadeGuest(lab, 16)];
  await lab.take();
  const begun = async (guest: MadeGuest, from: string, count: number) => {
    let blocks = 0;
    for (let i = 0; i < count; i++) {
      send(lab, guest.udp(from, 2_000 + i, "10.0.2.2", 69, read));
      blocks += (await lab.take()).filter(({ data }) => data[9] === 3).length;
    }
    return blocks;
  };
  assert.is(await begun(one, "10.0.2.15", 80), 8);
  assert.is(await begun(two, "10.0.2.16", 1), 1);
  for (let i = 0; i < 20; i++) lab.clock.pass(1_000);
  await lab.take();
  assert.is(await begun(one, "10.0.2.15", 80), 8, "those that were given up make room");
});

test("a file that cannot be read is its guest's wait alone, and is told of in the end", async () => {
  const lab = bench();
  const [guest, other] = [new MadeGuest(lab), new MadeGuest(lab, 16)];
  const asked = new TextEncoder().encode("\0\x01stuck\0octet\0");
  lab.world.readFile = (name) => (name === "stuck" ? new Promise(() => {}) : Promise.resolve(new Uint8Array(9)));
  for (let port = 1; port <= 20; port++) send(lab, guest.udp("10.0.2.15", port, "10.0.2.2", 69, asked));
  await lab.take();
  send(lab, other.udp("10.0.2.16", 1, "10.0.2.2", 69, new TextEncoder().encode("\0\x01fine\0octet\0")));
  const kinds = async () =>
    (await lab.take()).filter(({ to }) => to.startsWith("10.")).map(({ to, data }) => `${to} ${data[9]}`);
  assert.equal(await kinds(), ["10.0.2.16 3"]);
  send(lab, other.udp("10.0.2.16", 1, "10.0.2.2", 69, Uint8Array.of(0, 4, 0, 1)));
  lab.clock.pass(10_000);
  assert.equal(await kinds(), Array(8).fill("10.0.2.15 5"));
});

test("fragments that never end push out their own guest's alone", async () => {
  const lab = bench();
  const [one, two] = [new MadeGuest(lab, 15), new MadeGuest(lab, 16)];
  const [first, last] = two.udp("10.0.2.16", 5, FAR, 5, new Uint8Array(2_000));
  send(lab, [first!]);
  for (let i = 0; i < 200; i++) send(lab, one.udp("10.0.2.15", 5, FAR, 5, new Uint8Array(2_000)).slice(0, 1));
  send(lab, [last!]);
  assert.is(lab.world.sent.length, 1);
  assert.is(lab.world.sent[0]!.octets.length, 2_000);
});

test("a guest with countless addresses loses its own, and others keep theirs", async () => {
  const lab = bench();
  const [one, two] = [new MadeGuest(lab, 15), new MadeGuest(lab, 16)];
  send(lab, two.udp("fd00::16", 5, FAR_6, 5, new Uint8Array(1)));
  for (let i = 0; i < 10_000; i++)
    send(lab, one.udp(`fd00::1:${i.toString(16)}`, 5, "fd00::2", 9_999, new Uint8Array(1)));
  assert.ok(lab.gateway.neighbours.list().length <= 257, `${lab.gateway.neighbours.list().length} addresses`);
  await lab.take();
  lab.world.sent[0]!.heard(new Uint8Array(3), FAR_6, 5);
  const [answer] = await lab.take();
  assert.is(answer!.to, "fd00::16");
});
test("nobody sends as a group, so that nobody's answers go to everybody", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  const frames = guest.udp("10.0.2.15", 5, "10.0.2.3", 53, question(1));
  for (const frame of frames) frame.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 6);
  send(lab, frames);
  const arp = new Uint8Array(42);
  arp.set([...lab.gateway.settings.mac, ...guest.mac, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2]);
  arp.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 10, 0, 2, 15], 22);
  arp.set([...lab.gateway.settings.mac, 10, 0, 2, 2], 32);
  send(lab, [arp]);
  assert.equal(await lab.take(), []);
  assert.equal(lab.gateway.neighbours.list(), []);
  assert.equal(lab.world.queries, []);
});

test("where the host has no sockets left, datagrams are lost, and nothing breaks", async () => {
  const lab = withWorld({
    datagrams() {
      throw Object.assign(new Error("too many open files"), { code: "EMFILE" });
    },
  });
  const guest = new MadeGuest(lab);
  for (let i = 0; i < 5; i++) send(lab, guest.udp("10.0.2.15", 5 + i, FAR, 5, new Uint8Array(1)));
  assert.is(lab.gateway.drops.get("a limit was reached"), 5);
  assert.equal(lab.gateway.udp.list(), []);
});

/** Where connections of a guest lead, to each of some addresses. */
async function leads(lab: Bench, addresses: readonly string[], port = 80): Promise<string[]> {
  const guest = new MadeGuest(lab);
  const found: string[] = [];
  for (const [i, to] of addresses.entries()) {
    const from = to.includes(":") ? "fd00::15" : "10.0.2.15";
    const before = lab.world.streams.length;
    new Connection(lab, guest, to, port, 20_000 + i, from).say(SYN);
    const answers = (await lab.take()).filter(({ protocol }) => protocol === TCP).map(said);
    const stream = lab.world.streams[before];
    if (stream === undefined)
      assert.ok(
        answers.some(({ flags }) => (flags & RST) !== 0),
        `${to} is refused`,
      );
    else found.push(stream.to !== undefined && "host" in stream.to ? stream.to.host : "");
  }
  return found;
}

const METADATA = [
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
];

test("no guest hears what a cloud tells its machines, by any way of writing it", async () => {
  const four = METADATA.filter((each) => !each.includes(":"));
  const other = four.flatMap((each) => [`64:ff9b::${each}`, `::ffff:${each}`, `::${each}`]);
  assert.equal(await leads(bench(), [...METADATA, ...other]), []);
});

test("an isolated guest reaches no address of the host, a free one does", async () => {
  const isHost = (address: Uint8Array) => ["192.0.2.77", "2001:db8::77"].some((own) => own === textOf(address));
  const targets = ["192.0.2.77", "2001:db8::77", "64:ff9b::192.0.2.77", "::ffff:192.0.2.77", "10.0.2.2", "fd00::2"];
  for (const hostLoopback of [true, false]) {
    const made = bench();
    const gateway = new Gateway({ ...BOTH, hostLoopback }, Object.assign(made.world, { isHost }), made.clock);
    gateway.onframe = made.gateway.onframe;
    const found = await leads({ ...made, gateway }, [...targets, FAR]);
    const open = ["192.0.2.77", "2001:db8::77", "192.0.2.77", "192.0.2.77", "127.0.0.1", "::1", FAR];
    assert.equal(found, hostLoopback ? open : [FAR]);
  }
});

function textOf(address: Uint8Array): string {
  return address.length === 4 ? address.join(".") : address[15] === 0x77 && address[0] === 0x20 ? "2001:db8::77" : "";
}

test("a name that leads to the host's loopback leads nowhere, and neither does its IPv6 form", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  lab.world.answer = (query) => {
    const { type, end } = readMessage(query)!;
    const head = Buffer.from(query.subarray(0, end));
    head.writeUInt16BE(0x8180, 2);
    if (type !== 1) return head;
    head.writeUInt16BE(1, 6);
    return Buffer.concat([head, Buffer.from("c00c000100010000003c00047f000001", "hex")]);
  };
  send(lab, guest.udp("fd00::15", 5, "fd00::3", 53, question(1, 28)));
  const [answer] = await lab.take();
  assert.is(Buffer.from(answer!.data.subarray(-16)).toString("hex"), "0064ff9b00000000000000007f000001");
  assert.equal(await leads(lab, ["64:ff9b::127.0.0.1", "127.0.0.1", "::127.0.0.1"]), []);
});

test("who may go nowhere has names and forwards, and nothing else", async () => {
  const lab = bench({ ...BOTH, restricted: true, hosts: [parsePrefix("10.0.2.2/24"), parsePrefix("fd00::2/64")] });
  assert.equal(await leads(lab, [FAR, "10.0.2.2", "2001:db8:7::7", `64:ff9b::${FAR}`, "fd00::2"]), []);
  assert.equal(await leads(lab, ["10.0.2.3"], 53), ["192.0.2.53"]);
  const guest = new MadeGuest(lab);
  send(lab, guest.udp("10.0.2.15", 5, FAR, 53, question(1)));
  send(lab, guest.make("10.0.2.15", FAR, ICMP, Uint8Array.of(8, 0, 0, 0, 0, 1, 0, 2)));
  assert.equal(lab.world.sent, []);
});

test.run();
