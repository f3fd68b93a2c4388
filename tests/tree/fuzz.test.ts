// BPDUs that nobody would send: mutated ones, 20,000 or BPDU_FUZZ many, among honest switches. Nothing traps, what a BPDU
// costs is bounded, and the honest switches have no loop, since their ports to the liar are guarded.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import { type Random, random } from "../random.js";
import { Network, type Place } from "./network.js";

const test = suite("bpdu fuzz");
const count = Number(process.env["BPDU_FUZZ"] ?? 20_000);
const seed = Number(process.env["BPDU_SEED"] ?? Date.now() % 1_000_000);
const REPLIES_MAX = 64;

/** A triangle of switches. Two of them have a port more, where the liar is. */
function triangle(options: number) {
  const network = new Network(seed);
  const nodes = [1, 2, 3].map((i) => network.add(`B${i}`, 0x8000, [2, 0, 0, 0, 0, i]));
  const places = nodes.map((node) => [1, 2].map((port) => network.place(node, port)));
  for (let i = 0; i < 3; i++) network.cable([places[i]![0]!, places[(i + 1) % 3]![1]!]);
  const liars = nodes.slice(0, 2).map((node) => network.place(node, 3, { options }));
  for (const liar of liars) network.cable([liar]);
  network.run(10_000);
  return { network, liars };
}

const SAMPLES = [
  "0180c2000000020000000009002742420300000202" +
    "3c8000020000000001000000008000020000000001800100001400020" +
    "00f0000",
  "0180c200000002000000000900274242030000020274800002000000000100002710800002000000000980010100280004000000" + "00",
  "0180c2000000020000000009002642420300000000018000020000000001000000008000020000000009800100001400020" + "00f00",
  "0180c20000000200000000090007424203000000800000000000000000000000000000000000000000000000000000000000000000",
].map((hex) => Uint8Array.from(Buffer.from(hex, "hex")));

function mutate(chance: Random, whole: Frame): Frame {
  const frame = Uint8Array.from([...whole, 0x4c, 0x4f, 0x4f, 0x4d, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  for (let i = chance.below(8); i > 0; i--) frame[12 + chance.below(frame.length - 12)] = chance.below(256);
  if (chance.below(3) === 0) frame.set([0x80, 0, 2, 0, 0, 0, 0, 1 + chance.below(3)], 22); // a bridge that is there
  return frame.subarray(0, chance.below(4) === 0 ? 14 + chance.below(frame.length - 13) : frame.length);
}

function lie(network: Network, chance: Random, { node, port }: Place): void {
  const before = network.bpdus;
  node.bridge.receive(port, mutate(chance, chance.pick(SAMPLES)), network.nowMs);
  network.serve(node);
  assert.ok(network.bpdus - before <= REPLIES_MAX, `${network.bpdus - before} BPDUs for one`);
}

console.log(`bpdu fuzz: BPDU_SEED=${seed}`);

for (const [name, options] of [
  ["no guard", 0],
  ["root guard", abi.SPAN_ROOT_GUARD],
  ["a filter", abi.SPAN_BPDU_FILTER],
] as const)
  test(`nothing traps, and no loop closes behind ${name}`, () => {
    const chance = random(seed);
    const { network, liars } = triangle(options);
    for (let i = 0; i < count; i++) {
      lie(network, chance, chance.pick(liars));
      if (i % 10 === 0) network.run(chance.below(300));
    }
    network.run(200_000);
    const blocked = network.nodes.flatMap(({ bridge }) => [1, 2].filter((port) => !bridge.isForwarding(port)));
    assert.is(blocked.length, 1, "the triangle has one blocked port again");
  });

test.run();
