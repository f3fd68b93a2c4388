// BPDUs that nobody would send: mutated ones, 500,000 or BPDU_FUZZ many, among honest switches. Nothing traps, what a BPDU
// costs is bounded, and the honest switches have no loop at any step, in a tree with tags nor in one without.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { type Random, random } from "../random.js";
import { Network } from "./network.js";
import type { Place } from "./places.js";

const test = suite("bpdu fuzz");
const seed = Number(process.env["BPDU_SEED"] ?? Date.now() % 1_000_000);
const REPLIES_MAX = 64;
const VLAN = 7;
const TAG = [0x81, 0, 0, VLAN];
const SOURCE = 12;
const FLAGS = 21;
const MARK = [0x4c, 0x4f, 0x4f, 0x4d, 1];

/** What the ports are set to behind which the liar is. */
const GUARDS = {
  "no guard": 0,
  "root guard": abi.SPAN_ROOT_GUARD,
  "BPDU guard": abi.SPAN_BPDU_GUARD,
  "loop guard": abi.SPAN_LOOP_GUARD,
  "a filter": abi.SPAN_BPDU_FILTER,
} as const;
const count = Math.ceil(Number(process.env["BPDU_FUZZ"] ?? 500_000) / Object.keys(GUARDS).length);

/** A triangle of switches. Two of them have a port more, where the liar is. */
function triangle(options: number) {
  const network = new Network(seed);
  network.vids = [0, VLAN];
  const nodes = [1, 2, 3].map((i) => network.add(`B${i}`, 0x8000, [2, 0, 0, 0, 0, i]));
  const places = nodes.map((node) => [1, 2].map((port) => network.place(node, port)));
  for (let i = 0; i < 3; i++) network.cable([places[i]![0]!, places[(i + 1) % 3]![1]!]);
  const liars = nodes.slice(0, 2).map((node) => network.place(node, 3, { options }));
  for (const liar of liars) network.cable([liar]);
  for (const { bridge } of nodes) {
    bridge.call(network.nowMs, "vlanCreate", VLAN);
    for (const port of [1, 2, 3]) bridge.call(network.nowMs, "vlanJoin", VLAN, port);
  }
  network.run(10_000);
  return { network, liars };
}

/** An RSTP bridge's, a VDE switch's, an STP bridge's, and a topology change notification. */
const SAMPLES = [
  "0180c2000000020000000009002742420300000202" +
    "3c8000020000000001000000008000020000000001800100001400020" +
    "00f0000",
  "0180c200000002000000000900274242030000020274800002000000000100002710800002000000000980010100280004000000" + "00",
  "0180c2000000020000000009002642420300000000018000020000000001000000008000020000000009800100001400020" + "00f00",
  "0180c20000000200000000090007424203000000800000000000000000000000000000000000000000000000000000000000000000",
].map((hex) => Buffer.from(hex, "hex"));

/** Flips octets anywhere behind the addresses, names bridges that are there, adds our mark and tags, cuts short. */
function mutate(chance: Random): Frame {
  const frame = Uint8Array.from([...chance.pick(SAMPLES), ...MARK, 0, 0, 0, chance.below(256), 0, 0, 0, 0]);
  for (let i = chance.below(8); i > 0; i--) frame[SOURCE + chance.below(frame.length - SOURCE)] = chance.below(256);
  if (chance.below(3) === 0) frame.set([0x80, 0, 2, 0, 0, 0, 0, 1 + chance.below(3)], FLAGS + 1);
  if (chance.below(8) === 0) frame.set([3, 0x4c, 0x4f, 0x4f, 0x4d, 0]); // where bridges with one tree carry BPDUs to
  const whole = chance.below(4) === 0 ? frame.subarray(0, 14 + chance.below(frame.length - 13)) : frame;
  if (chance.below(3) !== 0) return whole;
  return Uint8Array.from([...whole.subarray(0, SOURCE), ...TAG, ...whole.subarray(SOURCE)]);
}

function lie(network: Network, chance: Random, { node, port }: Place): void {
  const before = network.bpdus;
  node.bridge.receive(port, mutate(chance), network.nowMs);
  network.serve(node);
  assert.ok(network.bpdus - before <= REPLIES_MAX, `${network.bpdus - before} BPDUs for one`);
}

/** Pulls the liar's cable and puts it back, which opens what BPDU guard has shut. */
function replug(network: Network, { node, port }: Place): void {
  if (!node.bridge.isShut(port)) return;
  node.bridge.unplug(port, network.nowMs);
  network.refresh();
}

console.log(`bpdu fuzz: BPDU_SEED=${seed}`);

for (const [name, options] of Object.entries(GUARDS))
  test(`nothing traps, and no loop closes behind ${name}`, () => {
    const chance = random(seed);
    const { network, liars } = triangle(options);
    for (let i = 0; i < count; i++) {
      const liar = chance.pick(liars);
      lie(network, chance, liar);
      if (i % 10 !== 0) continue;
      network.run(chance.below(300));
      replug(network, liar);
    }
    network.run(200_000);
    for (const vid of network.vids) {
      const blocked = network.nodes.flatMap(({ bridge }) => [1, 2].filter((port) => !bridge.isForwarding(port, vid)));
      assert.is(blocked.length, 1, `the triangle has one blocked port again in VLAN ${vid}`);
      const [first, ...others] = network.nodes;
      const copies = network.flood(first!, vid);
      for (const node of others) assert.is(copies.get(node), 1, `copies at ${node.name} in VLAN ${vid}`);
    }
  });

test.run();
