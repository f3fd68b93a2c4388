// Sessions: frames of every size through datagrams that are lost, late, doubled and cut; new keys in time; other addresses.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Batch } from "../../host-node/cable/batch.js";
import { finishAll } from "../../host-node/cable/offload.js";
import { freshSecrets } from "../../host-node/crypt/secrets.js";
import { isWhole, tcpAt, tcpFrame } from "../core/internet.js";
import { random as seeded } from "../random.js";
import { address, ClientEnd, connected, frame, ServerEnd, settle, text, World } from "./ends.js";

const test = suite("sessions of a cable");

for (const cipher of ["aes-256-gcm", "chacha20-poly1305"] as const) {
  test(`${cipher}: frames of every size from 14 to 9,236 octets go both ways, each whole and in order`, () => {
    const { server, client } = connected(cipher);
    const sizes = [14, 15, 59, 60, 1_200, 1_201, 1_202, 1_203, 1_204, 1_205, 1_206, 1_437, 1_438, 1_514, 2_404, 9_236];
    const frames = sizes.flatMap((size, i) => [frame(2 * i, size), frame(2 * i + 1, 60)]);
    client.send(...frames);
    server.send(...frames);
    settle(server, client);
    assert.equal(server.got, frames.map(text));
    assert.equal(client.got, frames.map(text));
  });
}

test("what is no frame is not carried: below a header, and above the longest", () => {
  const { server, client } = connected();
  client.send(frame(1, 13), frame(2), frame(3, 9_237), frame(4), new Uint8Array(0));
  settle(server, client);
  assert.equal(server.got, [text(frame(2)), text(frame(4))]);
});

test("small frames share a datagram, and large ones fill each to the last octet", () => {
  const { client } = connected();
  client.send(...Array.from({ length: 100 }, (_, i) => frame(i, 60)));
  const count = client.sent.splice(0).length;
  assert.ok(count <= 6, `${count} datagrams for 100 frames`);
  client.send(...Array.from({ length: 20 }, (_, i) => frame(i, 1_514)));
  const sizes = client.sent.map(({ octets }) => octets.length);
  assert.is(new Set(sizes.slice(0, -1)).size, 1);
});

test("the size of datagrams grows to what arrives, and falls back where it arrives no more", () => {
  const { world, server, client } = connected();
  const [before] = [client.initiator.pathSize];
  assert.is(before, 1_232);
  client.initiator.tick(world.nowMs);
  const isNarrow = ({ octets }: { octets: Uint8Array }) => octets.length <= 1_472;
  const probes = client.sent.splice(0);
  assert.ok(probes.some(({ octets }) => octets.length === 8_972));
  server.take(...probes.filter(isNarrow));
  settle(server, client);
  for (const ms of [300, 700]) {
    world.nowMs += ms;
    client.initiator.tick(world.nowMs);
    client.sent.splice(0);
  }
  assert.is(client.initiator.pathSize, 1_472);
  world.nowMs += 91_000;
  client.initiator.tick(world.nowMs);
  settle(server, client);
  for (const ms of [0, 300, 700, 1_000]) {
    world.nowMs += ms;
    client.initiator.tick(world.nowMs);
    client.sent.splice(0, client.sent.length, ...client.sent.filter(({ octets }) => octets.length <= 1_300));
    settle(server, client);
  }
  assert.is(client.initiator.pathSize, 1_232);
});

test("20 % lost, doubled and shuffled: what arrives was sent, no frame twice, none altered", () => {
  const random = seeded(7);
  const { server, client } = connected();
  const sent: string[] = [];
  for (let round = 0; round < 60; round++) {
    const frames = Array.from({ length: 1 + random.below(40) }, (_, i) =>
      frame(round * 100 + i, 14 + random.below(random.below(5) === 0 ? 9_000 : 1_500)),
    );
    sent.push(...frames.map(text));
    client.send(...frames);
    const out = client.sent.splice(0).filter(() => random.below(5) > 0);
    const doubled = out.flatMap((datagram) => (random.below(5) === 0 ? [datagram, datagram] : [datagram]));
    for (let i = doubled.length - 1; i > 0; i--) {
      const j = Math.max(0, i - random.below(6));
      [doubled[i], doubled[j]] = [doubled[j]!, doubled[i]!];
    }
    while (doubled.length > 0) server.take(...doubled.splice(0, 1 + random.below(20)));
  }
  const all = new Set(sent);
  assert.is(new Set(server.got).size, server.got.length, "a frame came twice");
  assert.ok(
    server.got.every((each) => all.has(each)),
    "a frame was altered",
  );
  assert.ok(server.got.length > sent.length / 3, `${server.got.length} of ${sent.length}`);
});

test("shuffled and nothing lost: every frame arrives, the cut ones too", () => {
  const random = seeded(11);
  const { server, client } = connected();
  const frames = Array.from({ length: 200 }, (_, i) => frame(i, 14 + random.below(4_000)));
  client.send(...frames);
  const out = client.sent.splice(0);
  for (let i = 0; i + 4 < out.length; i += 5) out.splice(i, 5, ...out.slice(i, i + 5).reverse());
  while (out.length > 0) server.take(...out.splice(0, 1 + random.below(4)));
  assert.equal([...server.got].sort(), frames.map(text).sort());
});

test("a session gets new keys in time, and frames under way at that moment still arrive", () => {
  const { world, server, client } = connected();
  client.send(frame(1));
  const late = client.sent.splice(0);
  world.nowMs += 90_000;
  client.initiator.tick(world.nowMs);
  settle(server, client);
  assert.equal(client.told, ["up", "up"]);
  server.take(...late);
  client.send(frame(2));
  settle(server, client);
  assert.equal(server.got, [text(frame(1)), text(frame(2))]);
  assert.is(server.peers.size, 1);
});

test("who is silent for two minutes is forgotten, with all that belongs to it", () => {
  const { world, server } = connected();
  world.nowMs += 119_000;
  server.responder.tick(world.nowMs);
  assert.is(server.peers.size, 1);
  world.nowMs += 2_000;
  server.responder.tick(world.nowMs);
  assert.is(server.peers.size, 0);
  assert.is(server.responder.sessionCount, 0);
  assert.equal(server.went, ["it was silent"]);
});

test("a client that goes says so, and so does a server; the client then asks at once", () => {
  const { world, server, client } = connected();
  client.initiator.close(world.nowMs);
  settle(server, client);
  assert.equal(server.went, ["it went"]);
  const other = connected();
  other.server.responder.close(other.world.nowMs);
  settle(other.server, other.client);
  assert.equal(other.client.told, ["up", "the server went"]);
  other.client.initiator.tick(other.world.nowMs);
  const next = new ServerEnd(other.world);
  settle(next, other.client);
  assert.equal(other.client.told, ["up", "the server went", "up"]);
});

test("a server that was killed and is back is found by the first frame", () => {
  const { world, client } = connected();
  const next = new ServerEnd(world);
  world.nowMs += 500;
  client.send(frame(1));
  settle(next, client);
  assert.equal(client.told, ["up", "up"]);
  client.send(frame(2));
  settle(next, client);
  assert.equal(next.got, [text(frame(2))]);
});

test("a server that was restarted with other keys makes the client ask for them", () => {
  const world = new World();
  const server = new ServerEnd(world, freshSecrets());
  const client = new ClientEnd(world);
  const keysOf = ({ secrets: { own, pskOf } }: ServerEnd) => ({
    publicKey: own.publicKey,
    psk: pskOf(client.own.publicKey),
  });
  client.connect(keysOf(server));
  settle(server, client);
  const next = new ServerEnd(world, freshSecrets());
  world.nowMs += 500;
  client.send(frame(1));
  settle(next, client);
  assert.equal(client.told, ["up", "unknown"]);
  client.connect(keysOf(next));
  settle(next, client);
  assert.equal(client.told, ["up", "unknown", "up"]);
});

test("a client that is somewhere else is followed there by its newest datagram, and by no older one", () => {
  const { server, client } = connected();
  client.send(frame(1));
  const [old] = client.sent.splice(0);
  client.address = address(77, 999);
  client.send(frame(2));
  settle(server, client);
  server.take({ octets: old!.octets, from: address(66) });
  server.send(frame(3));
  settle(server, client);
  assert.equal(client.got, [text(frame(3))]);
  assert.is(server.peers.size, 1);
});

test("many clients: each hears what is sent to it, and nobody else's", () => {
  const world = new World();
  const server = new ServerEnd(world);
  const clients = Array.from({ length: 50 }, (_, i) => new ClientEnd(world, { host: i + 1 }));
  for (const client of clients) {
    client.connect();
    world.nowMs += 50;
    settle(server, ...clients);
  }
  assert.is(server.peers.size, 50);
  for (const [i, client] of clients.entries()) client.send(frame(i));
  settle(server, ...clients);
  assert.equal([...server.got].sort(), clients.map((_, i) => text(frame(i))).sort());
  server.send(frame(99));
  settle(server, ...clients);
  for (const client of clients) assert.equal(client.got, [text(frame(99))]);
});

test("TCP is cut into records without checksums, which is told; what says so and has none is passed over", () => {
  const { world, server, client } = connected();
  for (const version of [4, 6] as const) {
    const whole = tcpFrame(version, 3_000, 0x10);
    const start = tcpAt(whole);
    const batch = new Batch(1 << 16);
    batch.octets.set(frame(1, 100));
    batch.add(0, 100, start); // no IP at all
    batch.octets.set(whole, 100);
    batch.add(100, whole.length, start, 1_448);
    batch.octets.set(frame(2, 100), 100 + whole.length);
    batch.add(100 + whole.length, 100);
    client.initiator.send(batch, world.nowMs);
    settle(server, client);
    const got = server.got.splice(0).map((each) => Buffer.from(each, "latin1"));
    assert.equal(server.starts.splice(0), [start, start, start, 0]);
    assert.is(got.pop()!.toString("latin1"), text(frame(2, 100)));
    assert.equal(Buffer.concat(got.map((each) => each.subarray(start + 20))), Buffer.from(whole.subarray(start + 20)));
    const arena = new Batch(1 << 16);
    for (const each of got) {
      arena.octets.set(each);
      arena.clear();
      arena.add(0, each.length, start);
      finishAll(arena);
      assert.ok(isWhole(arena.frame(0)));
    }
  }
});

test("keepalive: something is sent when nothing was for as long as was asked", () => {
  const world = new World();
  const server = new ServerEnd(world);
  const client = new ClientEnd(world, { keepAliveMs: 15_000 });
  client.connect();
  settle(server, client);
  for (const ms of [0, 300, 700, 1_500]) {
    world.nowMs += ms;
    client.initiator.tick(world.nowMs);
    settle(server, client);
  }
  world.nowMs += 10_000;
  client.initiator.tick(world.nowMs);
  assert.is(client.sent.length, 0);
  world.nowMs += 5_000;
  client.initiator.tick(world.nowMs);
  assert.is(client.sent.length, 1);
});

test.run();
