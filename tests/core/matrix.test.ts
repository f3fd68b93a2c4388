// Every way in, every stack of up to three tags, every way out: no frame escapes its VLAN.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Frame } from "../../host/link.js";
import { bench } from "./bench.js";

const test = suite("matrix");

interface Mode {
  readonly pvid: number;
  readonly tagged?: readonly number[];
  readonly trunk?: boolean;
}

interface Tag {
  readonly type: number;
  readonly tci: number;
}

const C_TAG = 0x8100;
const NONE = 4095;
const OWN = 7;
const OTHER = 8;
const MODES: Readonly<Record<string, Mode>> = {
  new: { pvid: 0 },
  access: { pvid: OWN },
  "access of another": { pvid: OTHER },
  "tagged only": { pvid: NONE, tagged: [OWN] },
  "tagged in two": { pvid: NONE, tagged: [OWN, OTHER] },
  hybrid: { pvid: OWN, tagged: [OTHER] },
  "tagged in VLAN 0": { pvid: OWN, tagged: [0] },
  "in nothing": { pvid: NONE },
  trunk: { pvid: 0, trunk: true },
  "trunk of an own VLAN": { pvid: OWN, trunk: true },
  "trunk without untagged": { pvid: NONE, trunk: true },
  "at the end": { pvid: 4094, tagged: [1, 2] },
};
const VIDS = [0, 1, 2, OWN, OTHER, 4094, 4095];
const TAGS: readonly Tag[] = [C_TAG, 0x88a8].flatMap((type) => VIDS.map((vid) => ({ type, tci: 0x5000 | vid })));

/** Tag stacks of a depth, each possible one. */
function stacks(depth: number): Tag[][] {
  if (depth === 0) return [[]];
  return stacks(depth - 1).flatMap((stack) => TAGS.map((tag) => [...stack, tag]));
}

function membership({ pvid, tagged = [], trunk = false }: Mode, vid: number): "untagged" | "tagged" | "none" {
  if (vid === pvid) return "untagged";
  return tagged.includes(vid) || (trunk && vid !== 0) ? "tagged" : "none";
}

/** The tags of a frame as it leaves, or undefined where it must not: 802.1Q-2018 6.9, 8.6 and 8.8 in a few lines. */
function oracle(from: Mode, stack: readonly Tag[], to: Mode): readonly Tag[] | undefined {
  const [outer, ...inner] = stack;
  const isTagged = outer?.type === C_TAG;
  const named = isTagged ? outer.tci & 0xfff : 0;
  const vid = named === 0 && membership(from, 0) !== "tagged" ? from.pvid : isTagged ? named : from.pvid;
  if (vid === NONE || membership(from, vid) === "none") return undefined;
  const payload = isTagged ? inner : stack;
  const priority = isTagged ? outer.tci & 0xf000 : 0;
  const out = membership(to, vid);
  if (out === "tagged") return [{ type: C_TAG, tci: priority | vid }, ...payload];
  return out === "none" || (isTagged && inner.length > 0) ? undefined : payload;
}

function octetsOf(stack: readonly Tag[]): Frame {
  const tags = stack.flatMap(({ type, tci }) => [type >> 8, type & 255, tci >> 8, tci & 255]);
  return Uint8Array.of(1, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, ...tags, 8, 0, 0x45, 1, 2, 3);
}

/** A switch with one way in, and a port for each way out. */
function matrix(from: Mode) {
  const core = bench();
  const ingress = core.plug(1);
  const outs = Object.entries(MODES).map(([name, mode], i) => ({ name, mode, endpoint: core.plug(2 + i) }));
  [from, ...outs.map(({ mode }) => mode)].forEach(({ pvid, tagged = [], trunk = false }, i) => {
    core.functions.portSetPvid(1 + i, pvid);
    for (const vid of tagged) core.functions.vlanJoin(vid, 1 + i);
    core.functions.portSetTrunk(1 + i, trunk ? 1 : 0);
  });
  return { ...core, ingress, outs };
}

const ALL = [0, 1, 2, 3].flatMap(stacks);

for (const [from, mode] of Object.entries(MODES)) {
  test(`nothing escapes that comes in by a port that is ${from}: ${ALL.length} stacks of tags`, () => {
    const { send, take, ingress, outs, slotsFree } = matrix(mode);
    const free = slotsFree();
    for (const stack of ALL) {
      send(ingress, [octetsOf(stack)]);
      for (const out of outs) {
        const expected = oracle(mode, stack, out.mode);
        const left = take(out.endpoint).map((octets) => Buffer.from(octets).toString("hex"));
        const right = expected === undefined ? [] : [Buffer.from(octetsOf(expected)).toString("hex")];
        if (left.join() !== right.join()) assert.equal(left, right, `${JSON.stringify(stack)} to ${out.name}`);
      }
    }
    assert.is(slotsFree(), free);
  });
}

test("the oracle itself lets nothing leave untagged that shows a tag, if it came with one of ours", () => {
  for (const from of Object.values(MODES))
    for (const to of Object.values(MODES))
      for (const stack of ALL.slice(0, 211)) {
        const out = oracle(from, stack, to);
        const shown = out?.[0];
        if (shown?.type === C_TAG) assert.is(membership(to, shown.tci & 0xfff), "tagged");
        else if (stack[0]?.type === C_TAG) assert.is(shown, undefined);
      }
});

test.run();
