// What the gateway itself answers: addresses, names, files, neighbours, pings.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { address, parsePrefix } from "../../host/slirp/address.js";
import { settle } from "../../host/slirp/options.js";
import { ICMP, ICMPV6, TCP, UDP } from "../../host/slirp/packet.js";
import { Policy } from "../../host/slirp/policy.js";
import { parseRule } from "../../host/slirp/rule.js";
import { refuses } from "../refusal.js";
import { type Bench, BOTH, bench, GATEWAY, type Heard, MadeGuest, send } from "./guest.js";
import { Connection, SYN } from "./tcp-guest.js";

const test = suite("slirp services");
const GUEST = "10.0.2.15";
const DISCOVER = 1;
const REQUEST = 3;
const RELEASE = 7;

/** A message of DHCP from a guest. */
function dhcp(mac: Uint8Array, type: number, options: readonly number[] = []): Uint8Array {
  const message = new Uint8Array(300);
  message.set([1, 1, 6, 0, 9, 9, 9, 9]);
  message.set(mac, 28);
  message.set([0x63, 0x82, 0x53, 0x63, 53, 1, type, ...options, 255], 236);
  return message;
}

/** The kind of an answer, and the address in it. */
function told(heard: readonly Heard[]): { type: number | undefined; address: string }[] {
  return heard
    .filter(({ protocol, data }) => protocol === UDP && data[1] === 67)
    .map(({ data }) => ({ type: data[8 + 242], address: data.slice(8 + 16, 8 + 20).join(".") }));
}

async function ask(lab: Bench, guest: MadeGuest, type: number, options: readonly number[] = []) {
  send(lab, guest.udp("0.0.0.0", 68, "255.255.255.255", 67, dhcp(guest.mac, type, options)));
  return told(await lab.take());
}

test("a hundred guests get an address each, and keep it", async () => {
  const lab = bench();
  const guests = Array.from({ length: 100 }, (_, i) => new MadeGuest(lab, 100 + i));
  const given = new Set<string>();
  for (const guest of guests) {
    const [offer] = await ask(lab, guest, DISCOVER);
    const wanted = [50, 4, ...offer!.address.split(".").map(Number)];
    assert.equal(await ask(lab, guest, REQUEST, wanted), [{ type: 5, address: offer!.address }]);
    given.add(offer!.address);
  }
  assert.equal([given.size, lab.gateway.leases().length], [100, 100]);
  assert.equal(await ask(lab, guests[7]!, DISCOVER), [{ type: 2, address: "10.0.2.22" }]);
});

test("an address that a guest cannot have is denied, and one that ran out is given to the next", async () => {
  const lab = bench({ hosts: BOTH.hosts.slice(0, 1), dhcp: { count: 2 } });
  const [a, b, c] = [1, 2, 3].map((number) => new MadeGuest(lab, number)) as [MadeGuest, MadeGuest, MadeGuest];
  assert.equal(await ask(lab, a, REQUEST, [50, 4, 192, 168, 1, 1]), [{ type: 6, address: "0.0.0.0" }]);
  await ask(lab, a, REQUEST);
  await ask(lab, b, REQUEST);
  assert.equal(await ask(lab, c, DISCOVER), [], "there is none");
  await ask(lab, b, RELEASE);
  assert.equal(await ask(lab, c, DISCOVER), [{ type: 2, address: "10.0.2.16" }]);
  lab.clock.pass(86_400_001);
  assert.equal(lab.gateway.leases(), []);
});

test("leases are given in a network of any size, and none of them is the gateway's", async () => {
  const lab = bench({ hosts: [parsePrefix("172.16.0.5/29")], dhcp: { start: Uint8Array.of(172, 16, 0, 1) } });
  const given: string[] = [];
  for (let number = 1; number <= 8; number++) {
    const [answer] = await ask(lab, new MadeGuest(lab, number), REQUEST);
    if (answer?.type === 5) given.push(answer.address);
  }
  assert.equal(given, ["172.16.0.1", "172.16.0.2", "172.16.0.4", "172.16.0.6"]);
});

const QUERY = Buffer.from("abcd01000001000000000000046e616d65076578616d706c650000010001", "hex");

function answerTo(query: Uint8Array, ttl: number): Uint8Array {
  const record = Buffer.from("c00c0001000100000000000401020304", "hex");
  record.writeUInt32BE(ttl, 6);
  const answer = Buffer.concat([query, record]);
  answer.set([0x81, 0x80], 2);
  answer.writeUInt16BE(1, 6);
  return answer;
}

test("a name is asked for once while its answer lasts, by numbers that nobody guesses", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  lab.world.answer = (query) => answerTo(query, 60);
  const question = async () => {
    send(lab, guest.udp(GUEST, 5_353, "10.0.2.3", 53, QUERY));
    const [answer] = (await lab.take()).filter(({ protocol }) => protocol === UDP);
    return { number: Buffer.from(answer!.data.subarray(8, 10)).toString("hex"), ttl: answer!.data.at(-7) };
  };
  assert.equal(await question(), { number: "abcd", ttl: 60 });
  lab.clock.pass(10_000);
  assert.equal(await question(), { number: "abcd", ttl: 50 });
  assert.is(lab.world.queries.length, 1);
  assert.ok(!Buffer.from(lab.world.queries[0]!).subarray(0, 2).equals(QUERY.subarray(0, 2)));
  lab.clock.pass(60_000);
  await question();
  assert.is(lab.world.queries.length, 2);
});

test("an answer to another question is none", async () => {
  const lab = bench();
  lab.world.answer = (query) =>
    answerTo(
      Uint8Array.from(query, (octet, i) => (i === 14 ? octet + 1 : octet)),
      60,
    );
  send(lab, new MadeGuest(lab).udp(GUEST, 5_353, "10.0.2.3", 53, QUERY));
  assert.equal(await lab.take(), []);
});

test("answers pings and questions of neighbours for its own addresses, and for no other's", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  for (const to of [GATEWAY, "10.0.2.3"])
    send(lab, guest.make(GUEST, to, ICMP, Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4, 5)));
  send(lab, guest.make(GUEST, "10.0.2.77", ICMP, Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4)));
  const pongs = await lab.take();
  assert.equal(
    pongs.map(({ from, data }) => `${from} ${data[0]}`),
    ["10.0.2.2 0", "10.0.2.3 0", "10.0.2.2 3"],
  );
  const solicit = (target: readonly number[]) => Uint8Array.of(135, 0, 0, 0, 0, 0, 0, 0, ...target);
  const own = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
  send(lab, guest.make("fd00::15", "ff02::1:ff00:2", ICMPV6, solicit(own), 255));
  send(lab, guest.make("fd00::15", "ff02::1:ff00:9", ICMPV6, solicit([...own.slice(0, 15), 9]), 255));
  send(lab, guest.make("fd00::15", "ff02::1:ff00:2", ICMPV6, solicit(own), 64));
  const answers = await lab.take();
  assert.equal(
    answers.map(({ from, to, data }) => `${from} ${to} ${data[0]}`),
    ["fd00::2 fd00::15 136"],
  );
});

test("a packet that has no hops left goes no further, and its sender hears of it", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  const data = Uint8Array.of(0, 9, 0, 9, 0, 8, 0, 0);
  send(lab, guest.make(GUEST, "198.51.100.7", UDP, data, 1));
  send(lab, guest.make("fd00::15", "2001:db8::7", UDP, data, 1));
  assert.equal(
    (await lab.take()).map(({ protocol, data: [type] }) => [protocol, type]),
    [
      [ICMP, 11],
      [ICMPV6, 3],
    ],
  );
  assert.equal(lab.world.sent, []);
});

test("a guest that answers while it is told something is heard", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  let count = 0;
  lab.gateway.onframe = () => {
    if (count++ < 3) send(lab, guest.make(GUEST, GATEWAY, ICMP, Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4)));
  };
  send(lab, guest.make(GUEST, GATEWAY, ICMP, Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4)));
  for (let i = 0; i < 5; i++) lab.clock.pass(0);
  assert.is(count, 4);
});

test("TFTP sends a file block by block, again where it was lost, and in the size that was agreed on", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  lab.world.files.set("boot", new Uint8Array(1_500).fill(7));
  const say = async (data: string) => {
    send(lab, guest.udp(GUEST, 2_000, GATEWAY, 69, Buffer.from(data, "latin1")));
    return (await lab.take())
      .filter(({ protocol }) => protocol === UDP)
      .map(({ data: [, , , , , , , , ...octets] }) => octets);
  };
  const [first] = await say("\0\x01boot\0octet\0");
  assert.equal([first?.length, first?.slice(0, 4)], [516, [0, 3, 0, 1]]);
  lab.clock.pass(1_500);
  assert.equal((await lab.take()).filter(({ protocol }) => protocol === UDP).length, 1, "it is sent again");
  assert.equal((await say("\0\x04\0\x01"))[0]?.slice(0, 4), [0, 3, 0, 2]);
  assert.equal((await say("\0\x04\0\x02"))[0]?.length, 4 + 476);
  assert.equal(await say("\0\x04\0\x03"), [], "that was all");
  const [agreed] = await say("\0\x01boot\0OCTET\0blksize\x001000\0tsize\x000\0");
  assert.is(String.fromCharCode(...agreed!), "\0\x06blksize\x001000\0tsize\x001500\0");
  assert.is((await say("\0\x04\0\0"))[0]?.length, 1_004);
  lab.clock.pass(60_000);
  await lab.take();
  assert.equal((await say("\0\x01none\0octet\0"))[0]?.slice(0, 4), [0, 5, 0, 1]);
  assert.equal((await say("\0\x02boot\0octet\0"))[0]?.slice(0, 4), [0, 5, 0, 2]);
  assert.equal((await say("\0\x01boot\0netascii\0"))[0]?.slice(0, 4), [0, 5, 0, 4]);
});

test("allows and denies by prefixes and ports, and denies where both would hold", async () => {
  const rules = {
    allow: ["198.51.100.0/24:80-90", "2001:db8::/32"].map(parseRule),
    deny: [parseRule("198.51.100.7:81")],
  };
  const policy = new Policy(settle({ ...BOTH, ...rules }));
  const goes = (to: string, port: number) => policy.target(address(to), port) !== undefined;
  assert.equal([goes("198.51.100.7", 80), goes("198.51.100.7", 81), goes("198.51.100.7", 91)], [true, false, false]);
  assert.equal([goes("64:ff9b::198.51.100.7", 80), goes("64:ff9b::198.51.100.7", 81)], [true, false]);
  assert.equal([goes("2001:db8::1", 5), goes("2001:db9::1", 5), goes(GATEWAY, 80)], [true, false, false]);
  const restricted = new Policy(settle({ ...BOTH, restricted: true }));
  assert.is(restricted.target(address("198.51.100.7"), 80), undefined);
  for (const text of ["198.51.100.0/33", "x:80", "10.0.0.0/8:90-80", "10.0.0.0/8:70000"])
    refuses("EINVAL", () => parseRule(text));
});

test("guests are told of the smaller of what may come and go, and what is longer than may come is dropped", async () => {
  const lab = bench({ ...BOTH, mtu: 1_500, mru: 1_300 });
  const guest = new MadeGuest(lab);
  await lab.take();
  send(lab, guest.udp("10.0.2.15", 5, "198.51.100.7", 5, new Uint8Array(1_272)));
  send(lab, guest.udp("10.0.2.15", 5, "198.51.100.7", 5, new Uint8Array(1_273)));
  assert.is(lab.world.sent.length, 1);
  const connection = new Connection(lab, guest, "198.51.100.7", 80);
  connection.say(SYN, "", { options: [2, 4, 5, 180] });
  lab.world.streams[0]!.onconnect();
  const [answer] = (await lab.take()).filter(({ protocol }) => protocol === TCP);
  assert.equal([...answer!.data.subarray(20, 24)], [2, 4, 1_260 >>> 8, 1_260 & 255]);
  const liberal = bench({ ...BOTH, mtu: 1_400 });
  send(liberal, new MadeGuest(liberal, 15, 9_000).udp("10.0.2.15", 5, "198.51.100.7", 5, new Uint8Array(8_000)));
  assert.is(liberal.world.sent.length, 1);
});

test("what cannot be a gateway is refused, with the reason", async () => {
  for (const options of [
    { hosts: [] },
    { hosts: [parsePrefix("10.0.2.2/31")] },
    { hosts: [parsePrefix("fd00::2/64")], dhcp: {} },
    { hosts: [parsePrefix("10.0.2.2/24")], dhcp: { start: Uint8Array.of(10, 0, 3, 1) } },
    { hosts: [parsePrefix("10.0.2.2/24")], advertise: [] },
    { hosts: BOTH.hosts, mtu: 600 },
  ])
    refuses("EINVAL", () => settle(options));
});

test.run();
