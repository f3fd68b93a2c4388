// Which IP address a frame shows, whatever it is that comes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packetText } from "../../host/plugins/packet-text.js";
import { pcapFrameHead } from "../../host/plugins/pcap.js";
import { sight } from "../../host/plugins/sighting.js";
import { frame } from "../lab.js";
import { arpFrame, ipFrame } from "../node/plugins-bench.js";

const test = suite("plugins sighting");

const whole = [
  ipFrame({ from: "10.0.0.1" }),
  ipFrame({ from: "10.0.0.1", vlan: 7 }),
  ipFrame({ from: "2001:db8::1" }),
  arpFrame({ from: "10.0.0.1" }),
];

test("shows the source of IPv4 and IPv6, and who asks in ARP", () => {
  const seen = whole.map((each) => sight(each));
  assert.equal(
    seen.map((each) => each && [...each.address].join(".")),
    ["10.0.0.1", "10.0.0.1", "32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1", "10.0.0.1"],
  );
  assert.equal(
    seen.map((each) => each?.vlan),
    [undefined, 7, undefined, undefined],
  );
  assert.equal(new Set(seen.map((each) => each?.mac)), new Set([0x02_00_00_00_00_61]));
});

test("a tag that says only a priority is none", () => {
  assert.is(sight(ipFrame({ from: "10.0.0.1", vlan: 0 }))?.vlan, undefined);
});

test("shows nothing for an address that is nobody's, for other protocols, or for what is no such packet", () => {
  const changed = (each: Uint8Array, at: number, octet: number) => each.map((old, i) => (i === at ? octet : old));
  const [v4 = frame(""), , v6 = frame(""), arp = frame("")] = whole;
  const none = [
    ipFrame({ from: "0.0.0.0" }),
    ipFrame({ from: "::" }),
    arpFrame({ from: "0.0.0.0" }),
    frame("a > b #7 #8"),
    changed(v4, 12, 9),
    changed(v4, 14, 0x65),
    changed(v6, 14, 0x40),
    changed(arp, 19, 16),
  ];
  for (const each of none) assert.is(sight(each), undefined);
});

test("takes frames that end anywhere, and octets of all kinds", () => {
  for (const each of whole) {
    const least = each.length === 60 ? (each[13] === 6 ? 42 : 34) : 38;
    for (let size = 0; size <= each.length; size++) {
      const cut = each.subarray(0, size);
      assert.is(sight(cut) === undefined, size < (each[12] === 0x86 ? 54 : least), `${size} octets`);
      assert.is(packetText({ port: 1, frame: cut }).length, 24 + 3 * size);
      assert.is(pcapFrameHead(cut, 1).length, 16);
    }
  }
  for (let seed = 1; seed < 20_000; seed++) {
    const octets = Uint8Array.from({ length: seed % 70 }, (_, i) => Math.imul(seed + i, 0x9e3779b1) >>> 24);
    const typed = [0x08, 0x00, 0x45];
    for (const [i, octet] of typed.entries()) if (octets.length > 12 + i) octets[12 + i] = octet;
    const seen = sight(octets);
    assert.ok(seen === undefined || seen.address.length === 4);
  }
});

test.run();
