// Addresses that guests were given: each is its holder's, whatever others write into their messages and frames.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parsePrefix } from "../../host/slirp/address.js";
import { ICMPV6, UDP } from "../../host/slirp/packet.js";
import { ACK, claimByArp, DECLINE, DISCOVER, dhcp, guests, NAK, RELEASE, REQUEST } from "./dhcp-guest.js";
import { type Bench, BOTH, bench, type MadeGuest, send } from "./guest.js";
import { Connection, SYN } from "./tcp-guest.js";

const test = suite("slirp leases");
const named = (number: number) => Uint8Array.of(2, 9, 9, 9, number >>> 8, number & 255);

test("one guest takes a few addresses, under however many names, and a newcomer has one", async () => {
  const lab = bench();
  const [taker, other] = guests(lab, 2) as [MadeGuest, MadeGuest];
  for (let number = 0; number < 500; number++) {
    const offer = await dhcp(lab, taker, DISCOVER, { mac: named(number) });
    await dhcp(lab, taker, REQUEST, { mac: named(number), wants: offer!.address });
  }
  assert.is(lab.gateway.leases().length, 8);
  assert.is((await dhcp(lab, other, REQUEST))?.type, ACK);
});

test("nobody releases or declines another's address, nor is given it", async () => {
  const lab = bench();
  const [guest, thief] = guests(lab, 2) as [MadeGuest, MadeGuest];
  const { address } = (await dhcp(lab, guest, REQUEST))!;
  for (const type of [RELEASE, DECLINE]) await dhcp(lab, thief, type, { mac: guest.mac, wants: address });
  await dhcp(lab, thief, RELEASE, { mac: guest.mac, has: "10.0.2.99" });
  assert.is.not((await dhcp(lab, thief, DISCOVER, { wants: address }))?.address, address);
  assert.is((await dhcp(lab, thief, REQUEST, { mac: guest.mac, wants: address }))?.type, NAK);
  const renewed = await dhcp(lab, guest, REQUEST, { has: address });
  assert.equal([renewed?.type, renewed?.address], [ACK, address]);
});

test("an address is released and declined as the one that its holder has, and no other", async () => {
  const lab = bench();
  const [guest] = guests(lab, 1) as [MadeGuest];
  const { address } = (await dhcp(lab, guest, REQUEST))!;
  await dhcp(lab, guest, DECLINE, { wants: "10.0.2.77" });
  await dhcp(lab, guest, DECLINE);
  await dhcp(lab, guest, RELEASE, { has: "10.0.2.77" });
  assert.is(lab.gateway.leases().length, 1);
  await dhcp(lab, guest, DECLINE, { wants: address });
  assert.equal(lab.gateway.leases(), []);
  assert.is.not((await dhcp(lab, guest, REQUEST))?.address, address);
  await dhcp(lab, guest, RELEASE);
  assert.equal(lab.gateway.leases(), []);
});

test("a guest that declines all it is offered shuts no more than a few addresses", async () => {
  const lab = bench({ hosts: BOTH.hosts.slice(0, 1), dhcp: { count: 20 } });
  const [guest, ...others] = guests(lab, 13) as [MadeGuest, ...MadeGuest[]];
  for (let round = 0; round < 200; round++) {
    const offer = await dhcp(lab, guest, DISCOVER);
    await dhcp(lab, guest, DECLINE, { wants: offer!.address });
  }
  const given = new Set<string | undefined>();
  for (const other of others) given.add((await dhcp(lab, other, REQUEST))?.address);
  assert.is(given.size, 12);
  assert.not(given.has(undefined));
});

test("an offer that nobody took up makes room for a guest that asks", async () => {
  const lab = bench({ hosts: BOTH.hosts.slice(0, 1), dhcp: { count: 4 } });
  const [a, b, c, d, e] = guests(lab, 5) as [MadeGuest, MadeGuest, MadeGuest, MadeGuest, MadeGuest];
  for (const guest of [a, b, c]) await dhcp(lab, guest, REQUEST);
  await dhcp(lab, d, DISCOVER);
  assert.is((await dhcp(lab, e, REQUEST))?.type, ACK);
});

test("answers go to who asked, and what a relay passes on has none", async () => {
  const lab = bench();
  const [guest] = guests(lab, 1) as [MadeGuest];
  assert.equal((await dhcp(lab, guest, REQUEST, { mac: named(1) }))?.to, guest.mac);
  assert.is(await dhcp(lab, guest, DISCOVER, { relay: "10.0.2.7" }), undefined);
});

test("BOOTP without the marks of its options is answered, and has an address", async () => {
  const lab = bench();
  const [guest] = guests(lab, 1) as [MadeGuest];
  const answer = await dhcp(lab, guest, DISCOVER, { isBootp: true });
  assert.is(answer?.address, "10.0.2.15");
  const leased = lab.gateway.leases().map(({ address }) => address);
  assert.equal(leased, ["10.0.2.15"]);
});

/** A message of DHCPv6; returns what the answer says: its type, the address, the status. */
async function dhcpv6(lab: Bench, guest: MadeGuest, type: number, duid: number, address?: Uint8Array) {
  const option = (code: number, value: readonly number[]) => [0, code, 0, value.length, ...value];
  const one = address === undefined ? [] : option(5, [...address, 0, 0, 0, 0, 0, 0, 0, 0]);
  const client = option(1, [0, 3, 0, 1, duid >>> 8, duid & 255]);
  const message = Uint8Array.of(type, 1, 2, 3, ...client, ...option(3, [0, 0, 0, 1, ...Array(8).fill(0), ...one]));
  send(lab, guest.udp(`fe80::${guest.mac[5]}`, 546, "ff02::1:2", 547, message));
  const [answer] = (await lab.take()).filter(
    ({ protocol, data }) => protocol === UDP && data[0] === 2 && data[1] === 35,
  );
  const text = Buffer.from(answer?.data.subarray(8) ?? []);
  const at = text.indexOf(Buffer.from([0, 5, 0, 24]));
  return {
    type: text[0],
    address: at < 0 ? undefined : Uint8Array.from(text.subarray(at + 4, at + 20)),
    text: text.toString("hex"),
  };
}

test("by DHCPv6 one guest takes a few addresses, and what it declines is not given again", async () => {
  const lab = bench();
  const [taker, other] = guests(lab, 2) as [MadeGuest, MadeGuest];
  for (let duid = 0; duid < 200; duid++) await dhcpv6(lab, taker, 3, duid);
  assert.is(lab.gateway.leases().length, 8);
  const first = (await dhcpv6(lab, other, 3, 7)).address!;
  const declined = await dhcpv6(lab, other, 9, 7, first);
  assert.ok(declined.text.includes("000d00020000"), "success");
  const seen = [first[15]];
  for (let round = 0; round < 4; round++) {
    const { address } = await dhcpv6(lab, other, 1, 7);
    seen.push(address![15]);
    await dhcpv6(lab, other, 9, 7, address);
  }
  assert.is(new Set(seen).size, 5, "another each time");
});

test("by DHCPv6 nobody ends another's lease, or one of an address that it has not", async () => {
  const lab = bench();
  const [guest, thief] = guests(lab, 2) as [MadeGuest, MadeGuest];
  const { address } = await dhcpv6(lab, guest, 3, 7);
  for (const type of [8, 9]) {
    const { text } = await dhcpv6(lab, thief, type, 7, address);
    assert.ok(text.includes("000d00020003"), "there is no binding");
  }
  await dhcpv6(
    lab,
    guest,
    8,
    7,
    Uint8Array.from(address!, (octet, i) => (i === 15 ? octet + 1 : octet)),
  );
  assert.is(lab.gateway.leases().length, 1);
  await dhcpv6(lab, guest, 8, 7, address);
  assert.is(lab.gateway.leases().length, 0);
});

/** Where a way in leads: the hardware address that the next frame of a forward goes to. */
async function heir(lab: Bench): Promise<Uint8Array | undefined> {
  lab.world.listeners.get(2_222)!(lab.world.connect({ host: "198.51.100.7", port: 1 }));
  const [syn] = (await lab.take()).filter(({ to, data }) => to === "10.0.2.15" && (data[13]! & 2) !== 0);
  return syn?.frame.slice(0, 6);
}

async function leased(): Promise<{ lab: Bench; guest: MadeGuest; thief: MadeGuest }> {
  const lab = bench({ ...BOTH, hosts: [parsePrefix("10.0.2.2/24"), parsePrefix("fd00::2/64")] });
  const [guest, thief] = guests(lab, 2) as [MadeGuest, MadeGuest];
  const target = { guest: Uint8Array.of(10, 0, 2, 15), guestPort: 22 };
  await lab.gateway.forwards.add({ kind: "tcp", host: undefined, port: 2_222, ...target });
  assert.is((await dhcp(lab, guest, REQUEST))?.address, "10.0.2.15");
  return { lab, guest, thief };
}

test("what a forward brings goes to who has the lease, and not to who says that the address is theirs", async () => {
  const { lab, guest, thief } = await leased();
  for (let seconds = 0; seconds < 60; seconds++) {
    send(lab, [claimByArp(thief, "10.0.2.15")]);
    send(lab, thief.udp("10.0.2.15", 5, "198.51.100.7", 5, new Uint8Array(4)));
    const asked = lab.frames.some(
      (frame) => frame[13] === 6 && frame[21] === 1 && frame.slice(38, 42).join(".") === "10.0.2.15",
    );
    if (asked) send(lab, [claimByArp(guest, "10.0.2.15")]);
    lab.frames.length = 0;
    lab.clock.pass(1_000);
  }
  assert.equal(await heir(lab), guest.mac);
  assert.equal(lab.world.sent, [], "nor does anybody send as the holder");
  assert.ok(lab.gateway.drops.get("an address that is leased to another guest")! >= 120);
});

test("an address whose holder has gone is another's that takes it, until the holder comes back", async () => {
  const { lab, guest, thief } = await leased();
  send(lab, [claimByArp(thief, "10.0.2.15")]);
  lab.clock.pass(6_000);
  assert.equal(await heir(lab), guest.mac);
  send(lab, [claimByArp(thief, "10.0.2.15")]);
  assert.equal(await heir(lab), thief.mac);
  send(lab, guest.udp("10.0.2.15", 5, "198.51.100.7", 5, new Uint8Array(4)));
  assert.equal(await heir(lab), guest.mac);
});

test("who said that an address is theirs, and is gone, has it no more when it is leased", async () => {
  const lab = bench({ ...BOTH, dhcp: { count: 1 } });
  const [guest, thief] = guests(lab, 2) as [MadeGuest, MadeGuest];
  const target = { guest: Uint8Array.of(10, 0, 2, 15), guestPort: 22 };
  await lab.gateway.forwards.add({ kind: "tcp", host: undefined, port: 2_222, ...target });
  send(lab, [claimByArp(thief, "10.0.2.15")]);
  assert.is((await dhcp(lab, guest, REQUEST))?.type, NAK);
  lab.clock.pass(10_000);
  assert.is((await dhcp(lab, guest, REQUEST))?.type, ACK);
  assert.equal(await heir(lab), guest.mac);
});

test("an address of IPv6 that is leased is not taken by an advertisement", async () => {
  const lab = bench();
  const [guest, thief] = guests(lab, 2) as [MadeGuest, MadeGuest];
  const { address } = await dhcpv6(lab, guest, 3, 7);
  const told = Uint8Array.of(136, 0, 0, 0, 0x60, 0, 0, 0, ...address!, 2, 1, ...thief.mac);
  send(lab, thief.make("fe80::16", "fe80::2", ICMPV6, told, 255));
  const text = `fd00::${((address![14]! << 8) | address![15]!).toString(16)}`;
  new Connection(lab, thief, "2001:db8:7::7", 80, 40_000, text).say(SYN);
  assert.equal(lab.world.streams, []);
  new Connection(lab, guest, "2001:db8:7::7", 80, 40_000, text).say(SYN);
  assert.is(lab.world.streams.length, 1);
});

test("what has an address of the link alone goes to the gateway, and nowhere else", async () => {
  const lab = bench();
  const [guest] = guests(lab, 1) as [MadeGuest];
  await lab.take();
  for (const to of ["2001:db8:7::7", "64:ff9b::198.51.100.7"]) {
    send(lab, guest.udp("fe80::15", 5, to, 5, new Uint8Array(4)));
    new Connection(lab, guest, to, 80, 40_000, "fe80::15").say(SYN);
  }
  const heard = (await lab.take()).filter(({ protocol }) => protocol === ICMPV6);
  const codes = heard.map(({ data }) => data.slice(0, 2).join());
  assert.equal(codes, Array(4).fill("1,2"));
  assert.equal([lab.world.sent, lab.world.streams], [[], []]);
  new Connection(lab, guest, "fd00::2", 80, 40_000, "fe80::15").say(SYN);
  assert.is(lab.world.streams.length, 1);
});

test.run();
