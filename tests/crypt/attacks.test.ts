// What somebody on the way can do, or who only knows where the server is, or who has its key and is hostile: nothing that
// gets a frame in or doubled, that costs memory without bound, or that keeps honest clients out.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Batch } from "../../host-node/cable/batch.js";
import { Arena } from "../../host-node/crypt/arena.js";
import { cipherFor } from "../../host-node/crypt/cipher.js";
import { writeReset } from "../../host-node/crypt/greeting.js";
import { DATA, INIT_MAC2, RESET, RESPONSE, UNKNOWN_SESSION } from "../../host-node/crypt/layout.js";
import { KEY_SIZE } from "../../host-node/crypt/primitives.js";
import { clientOf } from "../../host-node/crypt/secrets.js";
import { Session } from "../../host-node/crypt/session.js";
import { random as seeded } from "../random.js";
import { address, ClientEnd, connected, type Datagram, frame, ServerEnd, settle, text, World } from "./ends.js";

const test = suite("attacks on a cable");
const STRANGER = address(200);

/** Every way to change one bit. */
function* flips(octets: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < octets.length * 8; bit++) {
    const changed = octets.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    yield changed;
  }
}

/** Sends a lot at a server, and answers with what it said. */
function provoke(server: ServerEnd, datagrams: Iterable<Uint8Array>, from = STRANGER): Uint8Array[] {
  for (const octets of datagrams) server.take({ octets, from });
  return server.sent.splice(0).map(({ octets }) => octets);
}

test("replayed: every datagram of a whole session, all over again, brings no frame and no session", () => {
  const world = new World();
  const server = new ServerEnd(world);
  const client = new ClientEnd(world);
  const record: Datagram[] = [];
  client.connect();
  for (let i = 0; i < 5; i++) {
    record.push(...client.sent);
    settle(server, client);
    client.send(frame(i));
  }
  const before = [server.got.length, server.responder.sessionCount, server.peers.size];
  for (let round = 0; round < 3; round++) server.take(...record.map(({ octets }) => ({ octets, from: STRANGER })));
  assert.equal([server.got.length, server.responder.sessionCount, server.peers.size], before);
  client.send(frame(9));
  settle(server, client);
  assert.is(server.got.at(-1), text(frame(9)));
});

test("replayed to the client: nothing twice, and a late answer to an old question is none", () => {
  const { world, server, client } = connected();
  const record: Uint8Array[] = [];
  for (let i = 0; i < 5; i++) {
    server.send(frame(i));
    record.push(...server.sent.map(({ octets }) => octets));
    settle(server, client);
  }
  client.take(...record, ...record);
  assert.is(client.got.length, 5);
  assert.equal(client.told, ["up"]);
  assert.ok(world.nowMs > 0);
});

test("cut short: no datagram of any kind does anything at any shorter length", () => {
  const { server, client } = connected();
  client.send(frame(1, 100));
  const [data] = client.sent.splice(0);
  const other = new ClientEnd(new World(), { host: 9 });
  other.connect();
  const [init] = other.sent.splice(0);
  for (const { octets } of [data!, init!])
    provoke(
      server,
      Array.from({ length: octets.length }, (_, size) => octets.subarray(0, size)),
    );
  assert.is(server.got.length, 0);
  assert.is(server.responder.sessionCount, 1);
  server.take(data!);
  assert.equal(server.got, [text(frame(1, 100))]);
});

for (const cipher of ["aes-256-gcm", "chacha20-poly1305"] as const) {
  test(`${cipher}: one bit changed, anywhere, and a datagram brings nothing; the true one still does`, () => {
    const { server, client } = connected(cipher);
    client.send(frame(1, 100));
    const [data] = client.sent.splice(0);
    provoke(server, flips(data!.octets));
    assert.is(server.got.length, 0);
    server.take(data!);
    assert.equal(server.got, [text(frame(1, 100))]);
    server.send(frame(2, 100));
    const [answer] = server.sent.splice(0);
    client.take(...flips(answer!.octets));
    assert.is(client.got.length, 0);
    client.take(answer!.octets);
    assert.equal(client.got, [text(frame(2, 100))]);
  });
}

test("one bit changed in the handshake, anywhere: no session, and the true messages still make one", () => {
  const world = new World();
  const server = new ServerEnd(world);
  const client = new ClientEnd(world);
  client.connect();
  const [init] = client.sent.splice(0);
  const covered = (octets: Uint8Array) => Buffer.concat([octets, init!.octets.subarray(INIT_MAC2)]);
  const answers = provoke(server, [...flips(init!.octets.slice(0, INIT_MAC2))].map(covered)); // the rest is asked for under load
  assert.is(server.responder.sessionCount, 0);
  assert.ok(answers.every(([type]) => type === RESET));
  server.take(init!);
  const [response] = server.sent.splice(0);
  assert.is(response!.octets[0], RESPONSE);
  client.take(...flips(response!.octets));
  assert.equal(client.told, []);
  client.take(response!.octets);
  settle(server, client);
  assert.equal(client.told, ["up"]);
  assert.is(server.peers.size, 1);
});

test("another secret: no session on either end", () => {
  const world = new World();
  const server = new ServerEnd(world);
  const client = new ClientEnd(world);
  client.connect(clientOf(Buffer.alloc(32, 2)));
  settle(server, client);
  assert.equal(client.told, ["unknown"]);
  const insider = new ClientEnd(world, { host: 3 });
  insider.connect({ publicKey: server.secrets.own.publicKey, psk: Buffer.alloc(KEY_SIZE, 3) });
  settle(server, insider);
  assert.equal(insider.told, []);
  assert.is(server.peers.size, 0);
  world.nowMs += 11_000;
  server.responder.tick(world.nowMs);
  assert.is(server.responder.sessionCount, 0);
});

test("a forged RESET that names a session costs a handshake at most, and the session goes on", () => {
  const { world, server, client } = connected();
  client.send(frame(1));
  const [data] = client.sent;
  const forged = writeReset(UNKNOWN_SESSION, data!.octets);
  settle(server, client);
  for (let i = 0; i < 100; i++) client.take(forged);
  assert.is(client.sent.length, 0, "so soon after a handshake there is no other");
  world.nowMs += 500;
  for (let i = 0; i < 100; i++) client.take(forged);
  assert.is(client.sent.length, 1);
  client.send(frame(2));
  settle(server, client);
  assert.is(server.got.at(-1), text(frame(2)));
});

test("a hostile server: 20,000 answers of every kind, and a client is as it was", () => {
  const random = seeded(13);
  const { client } = connected();
  const other = new ClientEnd(new World());
  other.connect();
  for (let i = 0; i < 20_000; i++) {
    const octets = new Uint8Array(random.below(400)).map(() => random.below(256));
    octets.set([1 + random.below(6), 1, random.below(3), 0].slice(0, octets.length));
    if (octets.length > 12) octets.set([0, 0, random.below(2), random.below(200)], random.pick([4, 8]));
    client.take(octets);
    other.take(octets);
  }
  assert.equal(client.got, []);
  assert.equal(client.told, ["up"]);
  assert.equal(other.told, []);
});

test("an end that has the keys and is hostile: any octets at all in its datagrams, in any order, only make frames", () => {
  const random = seeded(17);
  const key = new Uint8Array(KEY_SIZE);
  const arena = new Arena();
  const memory = new Batch(1 << 15);
  const seal = cipherFor("aes-256-gcm", key, true);
  const session = new Session({ cipher: "aes-256-gcm", send: key, receive: key }, 1, 1, 0);
  session.reassembly.oncontrol = () => {};
  for (let i = 0; i < 20_000; i++) {
    const counter = Math.max(0, i + random.below(9) - 4);
    const size = random.below(random.below(8) === 0 ? 16_000 : 200);
    for (let at = 12; at < 12 + size; at++) memory.octets[at] = random.below(3) === 0 ? random.below(256) : 0;
    for (let at = 12; at < 10 + size; at += 16) memory.octets.set([0, random.below(40)], at);
    const begins = random.below(4) === 0 ? random.below(65_536) : random.below(size + 2);
    memory.octets.set([begins >> 8, begins & 255], 12 + size);
    memory.octets.set([
      DATA,
      1,
      0,
      0,
      0,
      0,
      0,
      1,
      counter >>> 24,
      (counter >>> 16) & 255,
      (counter >>> 8) & 255,
      counter & 255,
    ]);
    seal.seal(memory, 12, size + 2, counter);
    if (!arena.hasRoom || random.below(10) === 0) {
      session.reassembly.hold(arena);
      for (let j = 0; j < arena.count; j++) assert.ok(arena.size[j]! >= 14 && arena.size[j]! <= 9_236);
      arena.clear();
    }
    session.take(memory, 0, size + 30, arena);
  }
});

test.run();
