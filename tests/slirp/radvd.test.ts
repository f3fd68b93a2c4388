// Files as radvd.conf(5) has them, and the router advertisements that they come to.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressText } from "../../host/slirp/address.js";
import { ICMPV6 } from "../../host/slirp/packet.js";
import { readRadvd } from "../../host/slirp/radvd.js";
import { refusal } from "../refusal.js";
import { BOTH, bench, type Heard, MadeGuest, send } from "./guest.js";

const test = suite("slirp radvd");

const FULL = `
# what a network has
interface vd0
{
  AdvSendAdvert on;
  MinRtrAdvInterval 3;  MaxRtrAdvInterval 10;
  AdvManagedFlag on; AdvOtherConfigFlag off;
  AdvLinkMTU 1400; AdvCurHopLimit 42; AdvDefaultLifetime 77; AdvDefaultPreference high;
  AdvReachableTime 3000; AdvRetransTimer 200; AdvSourceLLAddress off;
  prefix 2001:db8:1::/64 { AdvOnLink on; AdvAutonomous on; AdvValidLifetime infinity; AdvPreferredLifetime 500; };
  prefix 2001:db8:2:0::7/48 { };
  route 2001:db8:9::/48 { AdvRoutePreference low; AdvRouteLifetime 60; };
  RDNSS 2001:db8::53 2001:db8::54 { AdvRDNSSLifetime 30; };
  DNSSL lan.example a.example { };
};
`;

/** The options of an advertisement, as text: type and what it carries. */
function options({ data }: Heard): string[] {
  const found: string[] = [];
  for (let at = 16; at < data.length; at += 8 * data[at + 1]!)
    found.push(`${data[at]} ${Buffer.from(data.subarray(at + 2, at + 8 * data[at + 1]!)).toString("hex")}`);
  return found;
}

test("what a file says, guests are told", async () => {
  const lab = bench({ ...BOTH, nat64: false, dns6: undefined, router: readRadvd(FULL) });
  const guest = new MadeGuest(lab);
  await lab.take();
  const ask = guest.make("fe80::15", "ff02::2", ICMPV6, Uint8Array.of(133, 0, 0, 0, 0, 0, 0, 0), 255);
  send(lab, ask);
  const [told] = await lab.take();
  assert.equal([...told!.data.subarray(4, 16)], [42, 0x88, 0, 77, 0, 0, 11, 184, 0, 0, 0, 200]);
  assert.equal(options(told!), [
    "5 000000000578",
    "3 40c0ffffffff000001f40000000020010db8000100000000000000000000",
    "3 3080000151800000384000000000" + "20010db8000200000000000000000000",
    "24 30180000003c20010db8000900000000000000000000",
    "25 00000000001e20010db800000000000000000000005320010db8000000000000000000000054",
    `31 000000000014${Buffer.from("\x03lan\x07example\0\x01a\x07example\0").toString("hex")}`,
  ]);
  const before = lab.clock.now();
  let count = 0;
  while (lab.clock.now() < before + 100_000) {
    lab.clock.pass(1_000);
    count += (await lab.take()).length;
  }
  assert.ok(count >= 10 && count <= 34, `${count} times in 100 seconds`);
  send(lab, guest.make("2001:db8:1::15", "fd00::2", ICMPV6, Uint8Array.of(128, 0, 0, 0, 0, 0, 0, 0)));
  assert.is((await lab.take()).filter(({ data }) => data[0] === 129).length, 1, "who made an address of it is a guest");
});

test("a short one is filled up, by what radvd has and what the gateway is", () => {
  const told = readRadvd("interface eth0 { AdvSendAdvert on; prefix fd00::/64 {}; prefix fd01::/48 {}; };");
  assert.equal([told.intervalMs, told.intervalMinMs, told.routerS, told.hopLimit], [600_000, 200_000, 1_800, 64]);
  const shown = told.prefixes.map((each) => [addressText(each.prefix.address), each.autonomous, each.validS]);
  assert.equal(shown, [
    ["fd00::", true, 86_400],
    ["fd01::", false, 86_400],
  ]);
  assert.is(told.resolvers, undefined);
});

for (const [text, wanted] of [
  ["", /an interface is wanted/],
  ["prefix fd00::/64 {};", /line 1: prefix: an interface is wanted/],
  ["interface a {};", /AdvSendAdvert on is wanted/],
  ["interface a { AdvSendAdvert on; }; interface b { AdvSendAdvert on; };", /one network here/],
  ["interface a { AdvSendAdvert yes; };", /line 1: AdvSendAdvert: on or off is wanted/],
  ["interface a {\nAdvSendAdvert on;\nAdvLinkMTU 5;\n};", /line 3: AdvLinkMTU: a number of 1280/],
  ["interface a {\nAdvSendAdvert on;\nAdvNothing 5;\n};", /line 3: AdvNothing is not known here/],
  ["interface a {\nAdvSendAdvert on;\nprefix 10.0.0.0/8 {};\n};", /line 3: .*prefix of IPv6/],
  ["interface a {\nAdvSendAdvert on;\nprefix {};\n};", /line 3: prefix: what it is about is missing/],
  ["interface a {\nAdvSendAdvert on;\nprefix fd00::/129 {};\n};", /line 3: .*at most 128 bits/],
  ["interface a {\nAdvSendAdvert on;\nprefix ::/64 { AdvValidLifetime 5; };\n};", /preferred longer than it is valid/],
  ["interface a {\nAdvSendAdvert on;\nRDNSS 1.2.3.4 {};\n};", /line 3: RDNSS: addresses of IPv6/],
  ["interface a {\nAdvSendAdvert on\n}", /line 3: AdvSendAdvert: a semicolon is missing/],
  ["interface a {", /line 1: a bracket is opened and not closed/],
  ["}", /line 1: a bracket is closed/],
  ["interface a { b { c { d {", /no block may begin here/],
  ["x ".repeat(20_000), /too long/],
] as const)
  test(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.throws(() => readRadvd(text), wanted);
    assert.is(
      refusal(() => readRadvd(text)),
      "EINVAL",
    );
  });

test.run();
