// Addresses that guests use without a lease: nobody else is leased them while their guest is there, and no longer.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ACK, claimByArp, DISCOVER, dhcp, guests, REQUEST } from "./dhcp-guest.js";
import { BOTH, bench, type MadeGuest, send } from "./guest.js";

const test = suite("slirp addresses without a lease");

for (const isTaken of [false, true]) {
  test(`an address that a guest has set by hand is leased to nobody${isTaken ? ", though it asks for it" : ""}`, async () => {
    const lab = bench({ ...BOTH, dhcp: { count: 3 } });
    const [owner, ...others] = guests(lab, 5) as [MadeGuest, ...MadeGuest[]];
    send(lab, [claimByArp(owner, "10.0.2.16")]);
    const given: (string | undefined)[] = [];
    for (const other of others) {
      given.push((await dhcp(lab, other, REQUEST, isTaken ? { wants: "10.0.2.16" } : {}))?.address);
      send(lab, owner.udp("10.0.2.16", 5, "198.51.100.7", 5, new Uint8Array(4)));
    }
    assert.not(given.includes("10.0.2.16"));
    assert.is((await dhcp(lab, owner, REQUEST, { wants: "10.0.2.16" }))?.type, ACK, "but to itself");
  });
}

test("an address whose guest has gone without a word is leased again once it does not answer", async () => {
  const lab = bench({ ...BOTH, dhcp: { count: 1 } });
  const [gone, next] = guests(lab, 2) as [MadeGuest, MadeGuest];
  send(lab, [claimByArp(gone, "10.0.2.15")]);
  assert.is(await dhcp(lab, next, DISCOVER), undefined);
  lab.clock.pass(10_000);
  assert.is((await dhcp(lab, next, DISCOVER))?.address, "10.0.2.15");
});

for (const isForged of [false, true])
  test(`one guest that says that all addresses are ${isForged ? "others'" : "its own"} keeps nobody from having one`, async () => {
    const lab = bench({ ...BOTH, dhcp: { count: 20 } });
    const [taker, other] = guests(lab, 2) as [MadeGuest, MadeGuest];
    const macOf = (number: number) => (isForged ? Uint8Array.of(2, 9, 9, 9, 9, number) : taker.mac);
    for (let number = 15; number < 35; number++) send(lab, [claimByArp(taker, `10.0.2.${number}`, macOf(number))]);
    assert.is((await dhcp(lab, other, REQUEST))?.type, ACK);
  });

test("a guest that has many addresses elsewhere keeps the one that it has set by hand", async () => {
  const lab = bench({ ...BOTH, dhcp: { count: 2 } });
  const [owner, ...others] = guests(lab, 3) as [MadeGuest, ...MadeGuest[]];
  for (const number of [15, 100, 101, 102, 103, 104, 105, 106, 107]) send(lab, [claimByArp(owner, `10.0.2.${number}`)]);
  for (const other of others) assert.is.not((await dhcp(lab, other, REQUEST))?.address, "10.0.2.15");
});

test("a newcomer soon has an address where all were leased to guests that have gone without a word", async () => {
  const lab = bench({ ...BOTH, dhcp: { count: 80 } });
  const [newcomer, ...gone] = guests(lab, 81) as [MadeGuest, ...MadeGuest[]];
  for (const guest of gone) assert.is((await dhcp(lab, guest, REQUEST))?.type, ACK);
  lab.clock.pass(86_400_000);
  assert.is(await dhcp(lab, newcomer, DISCOVER), undefined, "they are asked");
  lab.clock.pass(4_000);
  await dhcp(lab, newcomer, DISCOVER);
  lab.clock.pass(8_000);
  assert.ok(await dhcp(lab, newcomer, DISCOVER));
});

test.run();
