// Several peers behind one link: who gets what, and what they may not do to each other.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Mesh } from "../../host/mesh.js";
import { stillClock } from "../clock.js";
import { frame, words } from "../frame.js";

const test = suite("mesh");

/** A mesh with peers of these names. `say` says what each was sent. */
function lab(...names: readonly string[]) {
  const clock = stillClock();
  const mesh = new Mesh(clock);
  const sent: string[] = [];
  const add = (name: string, takes = true) =>
    mesh.add(name, (octets) => {
      if (takes) sent.push(`${name}: ${words(octets)}`);
      return takes;
    });
  for (const name of names) add(name);
  const say = (text: string): string[] => {
    mesh.send(frame(text));
    return sent.splice(0);
  };
  return { mesh, clock, add, say, learn: (peer: string, text: string) => mesh.learn(peer, frame(text)) };
}

test("sends to all what is for all or for nobody known, and to one what is for one", () => {
  const { say, learn } = lab("x", "y", "z");
  assert.equal(say("a > b"), ["x: a > b", "y: a > b", "z: a > b"]);
  learn("y", "b > *");
  assert.equal(say("a > b"), ["y: a > b"]);
  assert.equal(say("a > *"), ["x: a > *", "y: a > *", "z: a > *"]);
  learn("z", "b > *");
  assert.equal(say("a > b"), ["z: a > b"]);
});

test("keeps the VLANs of an address apart", () => {
  const { say, learn } = lab("x", "y");
  learn("x", "b > * #7");
  learn("y", "b > * #8");
  assert.equal(say("a > b #7"), ["x: a > b #7"]);
  assert.equal(say("a > b #8"), ["y: a > b #8"]);
  assert.equal(say("a > b").length, 2);
});

test("forgets a peer with its addresses, and an address that was silent for long", () => {
  const { say, learn, mesh, clock } = lab("x", "y");
  learn("x", "b > *");
  learn("y", "c > *");
  mesh.remove("x");
  assert.equal(say("a > b"), ["y: a > b"]);
  mesh.add("z", () => true);
  clock.pass(100_001);
  assert.equal(say("a > c"), ["y: a > c"]);
  assert.ok(mesh.send(frame("a > c"))); // z took it too
});

test("says where nobody took a frame", () => {
  const { mesh, add } = lab();
  assert.not(mesh.send(frame("a > *")));
  add("x", false);
  assert.not(mesh.send(frame("a > *")));
  add("y");
  assert.ok(mesh.send(frame("a > *")));
});

test("bears peers and addresses without end, and frames that are none", () => {
  const { mesh, add } = lab();
  for (let i = 0; i < 1_000; i++) add(`peer ${i}`);
  assert.is(mesh.peers.length, 255);
  const octets = frame("a > *");
  for (let i = 0; i < 50_000; i++) {
    new DataView(octets.buffer).setUint32(8, i);
    mesh.learn("peer 1", octets);
  }
  for (const size of [0, 1, 6, 13]) {
    mesh.learn("peer 1", octets.subarray(0, size));
    mesh.send(octets.subarray(0, size));
  }
  mesh.learn("nobody", frame("b > *"));
  assert.is(mesh.peers.length, 255);
});

test.run();
