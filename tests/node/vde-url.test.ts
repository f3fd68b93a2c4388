// How people name switches and ports.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseVdeUrl, type VdeUrl } from "../../host/vde/url.js";

const test = suite("vde:// names");

const READ: readonly [text: string, expected: VdeUrl][] = [
  ["", { dir: "" }],
  ["vde://", { dir: "" }],
  ["/run/vde.ctl", { dir: "/run/vde.ctl" }],
  ["vde:///run/vde.ctl", { dir: "/run/vde.ctl" }],
  ["sw", { dir: "sw" }],
  ["/a[3]", { dir: "/a", port: 3 }],
  ["/a[0]", { dir: "/a", port: 0 }],
  ["/a[]", { dir: "/a" }],
  ["vde:///a[port=12]", { dir: "/a", port: 12 }],
  ["/a[p=12]", { dir: "/a", port: 12 }],
  ["/a[port=]", { dir: "/a" }],
  ["/a[/mode=666]", { dir: "/a", mode: 0o666 }],
  ["/a[/group=vde-net]", { dir: "/a", group: "vde-net" }],
  ["/a[7/mode=660/group=vde-net]", { dir: "/a", port: 7, mode: 0o660, group: "vde-net" }],
  ["/a[mode=660/port=7]", { dir: "/a", port: 7, mode: 0o660 }],
  ["/a[g=x/m=7]", { dir: "/a", group: "x", mode: 7 }],
  ["/a[guests]", { dir: "/a", portGroup: "guests" }],
  ["/a[portgroup=12]", { dir: "/a", portGroup: "12" }],
  ["/a[/group='x/y']", { dir: "/a", group: "x/y" }],
  ['/a[/group="x]y"]', { dir: "/a", group: "x]y" }],
  ["/a[/group=x\\/y%2Fz]", { dir: "/a", group: "x/y/z" }],
  ["/a[b]c", { dir: "/a[b]c" }],
];

for (const [text, expected] of READ) {
  test(`reads ${JSON.stringify(text)}`, () => assert.equal(parseVdeUrl(text), expected));
}

for (const text of [
  "tap://tap0",
  "/a[x=1]",
  "/a[port=x]",
  "/a[port=-1]",
  "/a[8388608]",
  "/a[9999999]",
  "/a[/mode=888]",
  "/a[3/4]",
  "/a[/group=%ff]",
]) {
  test(`refuses ${text}`, () => assert.throws(() => parseVdeUrl(text), /^Invalid argument: ./));
}

test.run();
