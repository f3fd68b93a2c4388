// The forwarding database as a manager sees it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lab, macOf } from "../lab.js";
import { refuses } from "../refusal.js";

const test = suite("fdb: host");

test("shows the bucket that VDE's own table would have an address in", () => {
  const { sw } = lab();
  const buckets: [string, number][] = [
    ["01", 43],
    ["02", 60],
    ["03", 105],
    ["04", 77],
    ["09", 85],
    ["32", 28],
  ];
  for (const [last, bucket] of buckets) assert.is(sw.fdb.bucket({ mac: `02:00:00:00:00:${last}`, vlan: 0 }), bucket);
});

test("rounds its size up to a power of two, and forgets every address", () => {
  const { sw, say } = lab();
  say(1, "a > *");
  sw.fdb.size = 200;
  assert.equal([sw.fdb.size, sw.fdb.count], [256, 0]);
  sw.fdb.size = 1;
  assert.is(sw.fdb.size, 1);
  assert.is(sw.fdb.bucket({ mac: "02:00:00:00:00:01", vlan: 0 }), 0);
});

test("refuses sizes and limits that cannot be", () => {
  const { sw } = lab();
  for (const size of [0, -5, 2 ** 30 + 1]) refuses("EINVAL", () => Object.assign(sw.fdb, { size }));
  for (const limit of [-1, 65_537]) {
    refuses("EINVAL", () => Object.assign(sw.fdb, { limit }));
    refuses("EINVAL", () => sw.fdb.setPortLimit(1, limit));
  }
});

test("finds an address in its VLAN, and says so where it is not known", () => {
  const { sw, say } = lab([{ port: 1, tagged: [7] }]);
  say(1, "a > * #7");
  assert.is(sw.fdb.find(macOf("a"), 7).port, 1);
  refuses("ENODEV", () => sw.fdb.find(macOf("a"), 0));
  refuses("ENODEV", () => sw.fdb.find(macOf("b"), 7));
});

test("lists every address once", () => {
  const { sw, say } = lab();
  say(1, "a > *", "b > *");
  say(2, "c > *");
  const listed = [...sw.fdb.list()].map(({ mac, port }) => `${mac.at(-1)}${port}`);
  assert.equal(listed.sort(), ["11", "21", "32"]);
});

test.run();
