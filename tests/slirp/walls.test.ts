// Where guests may go: every connection is judged by where it really leads, and every rule by what it means.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { list, oneGateway } from "../../host/console/slirp.js";
import { address, parsePrefix } from "../../host/slirp/address.js";
import { type GatewayOptions, settle } from "../../host/slirp/options.js";
import { Policy } from "../../host/slirp/policy.js";
import { readRadvd } from "../../host/slirp/radvd.js";
import { parseRule, ruleText } from "../../host/slirp/rule.js";
import { refuses } from "../refusal.js";
import { BOTH, bench } from "./guest.js";

const test = suite("slirp walls");

interface Walls extends Partial<Omit<GatewayOptions, "allow" | "deny">> {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

function policy({ allow = [], deny = [], ...rest }: Walls, isHost?: (host: Uint8Array) => boolean): Policy {
  const rules = { allow: allow.map(parseRule), deny: deny.map(parseRule) };
  return new Policy(settle({ ...BOTH, ...rest, ...rules }), isHost);
}

/** Those of some places that guests reach: ADDRESS, or ADDRESS PORT. */
function reached(walls: Walls, ...places: readonly string[]): readonly string[] {
  const made = policy(walls);
  return places.filter((place) => {
    const [host = "", port = "80"] = place.split(" ");
    return made.target(address(host), Number(port)) !== undefined;
  });
}

test("denying the loopback closes it by way of the gateway's own addresses, too", () => {
  const far = "198.51.100.7";
  assert.equal(reached({}, "10.0.2.2", "fd00::2", far), ["10.0.2.2", "fd00::2", far]);
  assert.equal(reached({ deny: ["127.0.0.0/8", "::1"] }, "10.0.2.2", "fd00::2", far), [far]);
  assert.equal(reached({ deny: ["127.0.0.1:22"] }, "10.0.2.2 22", "10.0.2.2", "fd00::2 22"), [
    "10.0.2.2",
    "fd00::2 22",
  ]);
  assert.equal(reached({ deny: ["10.0.2.2", "[fd00::2]:25"] }, "10.0.2.2", "fd00::2 25", "fd00::2"), ["fd00::2"]);
  assert.equal(reached({ deny: ["0.0.0.0/0"] }, "10.0.2.2", far, `64:ff9b::${far}`, "fd00::2"), ["fd00::2"]);
});

test("allowing everything outside, or some ports of it, opens nothing of this machine's loopback", () => {
  const places = ["10.0.2.2 80", "10.0.2.2 22", "fd00::2 80", "198.51.100.7 80", "198.51.100.7 22"];
  assert.equal(reached({ allow: ["0.0.0.0/0:80-443"] }, ...places), ["198.51.100.7 80"]);
  assert.equal(reached({ allow: ["0.0.0.0/0", "::/0"] }, ...places), ["198.51.100.7 80", "198.51.100.7 22"]);
  assert.equal(reached({ allow: ["10.0.0.0/8"] }, ...places), []);
  assert.equal(reached({ allow: ["10.0.2.2:80"] }, ...places), ["10.0.2.2 80"]);
  assert.equal(reached({ allow: ["127.0.0.1:22", "[::1]:80"] }, ...places), ["10.0.2.2 22", "fd00::2 80"]);
  assert.equal(reached({ allow: ["127.0.0.0/8"], hostLoopback: false }, ...places), []);
});

const METADATA = [
  ...["169.254.169.254", "169.254.170.2", "169.254.0.23", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
  ...["100.96.0.96", "fd00:ec2::254", "fd00:ec2::23", "fd00:ec2::253", "fd20:ce::254", "fd00:c1::a9fe:a9fe"],
  ...["fd00:42::42", "fd00:a9fe:a9fe::1", "fd00:100::100:200", "fe80::a9fe:a9fe"],
];

test("no cloud tells guests what it tells its machines, in neither family, whatever is allowed", () => {
  const four = METADATA.filter((each) => !each.includes(":"));
  const other = four.flatMap((each) => [`64:ff9b::${each}`, `::ffff:${each}`, `64:ff9b:1::${each}`]);
  assert.equal(reached({}, ...METADATA, ...other), []);
  assert.equal(reached({ allow: ["0.0.0.0/0", "::/0"] }, ...METADATA, ...other), []);
  assert.equal(reached({}, "fd20:ce::255", "fd00:43::42", "192.0.0.193"), [
    "fd20:ce::255",
    "fd00:43::42",
    "192.0.0.193",
  ]);
});

const INSIDE = [
  ...["10.9.9.9", "::ffff:10.9.9.9", "64:ff9b::10.9.9.9", "64:ff9b:1::10.9.9.9", "64:ff9b:1:a09:9:900::"],
  ...["64:ff9b:1:a:9:909::", "2002:a09:909::1", "2001:0:a09:909::3b9b:9bf8", "2001:0:c633:6407::f5f6:f6f6"],
];

test("an IPv4 host is denied and allowed as that host, whatever address of IPv6 carries it", () => {
  assert.equal(reached({}, ...INSIDE), INSIDE);
  assert.equal(reached({ deny: ["10.9.9.0/24"] }, ...INSIDE, "198.51.100.7"), ["198.51.100.7"]);
  assert.equal(reached({ deny: ["::ffff:10.9.9.0/120"] }, ...INSIDE), []);
  assert.equal(reached({ allow: ["::/0"] }, ...INSIDE, "2001:db8::1"), ["2001:db8::1"]);
  const one = INSIDE.filter((each) => !each.startsWith("2001:0:")); // those name two hosts
  assert.equal(reached({ allow: ["10.9.9.0/24"] }, ...INSIDE), one);
  assert.equal(reached({ allow: ["64:ff9b::10.9.9.9"] }, ...INSIDE), one);
});

test("a rule for a way of writing IPv4 hosts is about that way", () => {
  const ways = ["10.9.9.9", "::ffff:10.9.9.9", "64:ff9b::10.9.9.9", "2002:a09:909::1"];
  assert.equal(reached({ deny: ["64:ff9b::/96"] }, ...ways), ["10.9.9.9", "::ffff:10.9.9.9", "2002:a09:909::1"]);
  assert.equal(reached({ deny: ["::ffff:0:0/96", "2002::/16"] }, ...ways), ["10.9.9.9", "64:ff9b::10.9.9.9"]);
  assert.equal(reached({ allow: ["64:ff9b::/96"] }, ...ways), ["64:ff9b::10.9.9.9"]);
  assert.equal(reached({ allow: ["2002::/16"] }, ...ways), ["2002:a09:909::1"]);
  assert.equal(reached({ allow: ["64:ff9b::/96", "2002::/16"] }, "64:ff9b::127.0.0.1", "2002:7f00:1::1"), []);
});

for (const rule of [
  "169.254.169.254",
  "224.0.0.0/4",
  "fe80::/10",
  "fd00:ec2::254",
  "::ffff:169.254.0.0/112",
  "10.0.2.15",
])
  test(`a rule that lets guests nowhere is refused: allow ${rule}`, () => {
    refuses("EINVAL", () => policy({ allow: [rule] }));
  });

test("a rule that cannot keep guests from names is refused, and one for more is not", () => {
  refuses("EINVAL", () => policy({ deny: ["10.0.2.3"] }));
  refuses("EINVAL", () => policy({ nat64: false, allow: ["64:ff9b::/96"] }));
  assert.equal(reached({ deny: ["10.0.2.0/24"] }, "10.0.2.2"), []);
});

for (const rule of ["127.0.0.2", "127.0.0.53:53", "127.1.0.0/16", "::ffff:127.0.0.2"])
  test(`a rule for a part of the loopback that guests never reach is refused, with the part that they do: ${rule}`, () => {
    for (const kind of ["allow", "deny"]) {
      const said = /guests reach the loopback as 127\.0\.0\.1 only/;
      assert.throws(() => policy({ [kind]: [rule] }), said);
    }
  });

test("networks that a file tells guests of are the guests' own, and nothing there is outside", () => {
  const router = readRadvd("interface vd0 { AdvSendAdvert on; prefix 2001:db8:77::/64 { }; };");
  const { advertise: _, ...rest } = BOTH;
  const made = new Policy(settle({ ...rest, router }));
  assert.is(made.target(address("2001:db8:77::9"), 80), undefined);
  assert.is(made.target(address("2001:db8:78::9"), 80)?.host, "2001:db8:78::9");
});

test("what is isolated is kept from the host's addresses, in whatever other address they are", () => {
  const own = address("192.0.2.77");
  const made = policy({ hostLoopback: false }, (each) => each.join() === own.join());
  const ways = ["192.0.2.77", "64:ff9b::192.0.2.77", "64:ff9b:1::192.0.2.77", "2002:c000:24d::1", "192.0.2.78"];
  assert.equal(
    ways.filter((way) => made.target(address(way), 80) !== undefined),
    ["192.0.2.78"],
  );
});

test("rules are written as they are read, and the console shows them", () => {
  const rules = ["10.0.0.0/8", "0.0.0.0/0:80-443", "[fd00::/8]:22"];
  assert.equal(
    rules.map((text) => ruleText(parseRule(text))),
    rules,
  );
  const { gateway } = bench({
    ...BOTH,
    allow: rules.map(parseRule),
    deny: [parseRule("10.9.9.9")],
    hostLoopback: false,
  });
  const lines = [...list(oneGateway(gateway), undefined)];
  for (const line of [
    " allow 0.0.0.0/0:80-443",
    " allow [fd00::/8]:22",
    " deny 10.9.9.9/32",
    " isolated from this machine",
  ])
    assert.ok(lines.includes(line), line);
  assert.equal(parsePrefix("fd00::/8").bits, 8);
});

test.run();
