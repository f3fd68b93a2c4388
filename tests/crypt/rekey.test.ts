// Handshakes at a bad moment: while the server ends, while datagrams are lost, on long ways, and with frames of the old
// session still under way.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { address, ClientEnd, connected, frame, ServerEnd, settle, text, World } from "./ends.js";

const test = suite("new keys at a bad moment");
const REKEY_MS = 91_000;

/** What a server sends with its old keys, and then with the new ones, on its way to a client that has just changed them. */
function changed(before: readonly Uint8Array[], after: readonly Uint8Array[]) {
  const { world, server, client } = connected();
  const said = () => server.sent.splice(0).map(({ octets }) => octets);
  world.nowMs += REKEY_MS;
  client.initiator.tick(world.nowMs);
  server.take(...client.sent.splice(0));
  const response = said();
  server.send(...before);
  const old = said();
  client.take(...response);
  server.take(...client.sent.splice(0));
  said();
  server.send(...after);
  return { client, old, now: said() };
}

test("a frame that is cut where the keys change and goes on no more leaves the frames after it as they are", () => {
  const after = Array.from({ length: 40 }, (_, i) => frame(i, 1_000));
  const { client, old, now } = changed([frame(100, 2_000)], after);
  client.take(old[0]!, ...now);
  assert.equal(client.got, after.map(text));
});

test("no octet of another session gets into a frame, however it is laid out", () => {
  const jumbo = frame(1, 9_000);
  const { old } = changed([jumbo], []);
  const room = old[0]!.length - 30;
  const last = frame(2, 9_002 - room * (old.length - 1) - 2);
  const { client, old: pieces, now } = changed([jumbo], [last]);
  client.take(...pieces.slice(0, -2), ...now, pieces.at(-2)!);
  assert.equal(client.got, [text(last)]);
  client.take(pieces.at(-1)!);
  assert.equal(client.got, [text(last), text(jumbo)]);
});

test("a server that ends while new keys are asked for is asked again all the same", () => {
  const { world, server, client } = connected();
  world.nowMs += REKEY_MS;
  client.initiator.tick(world.nowMs);
  client.sent.splice(0); // lost
  server.responder.close(world.nowMs);
  client.take(...server.sent.splice(0).map(({ octets }) => octets));
  const again = new ServerEnd(world, server.secrets);
  world.nowMs += 1_000;
  const dueMs = client.initiator.tick(world.nowMs);
  assert.ok(dueMs > world.nowMs && dueMs <= world.nowMs + 1_000, `due at ${dueMs}`);
  settle(again, client);
  assert.is(again.peers.size, 1);
});

test("a handshake that a RESET led to is tried again where it was lost, and not more often than others", () => {
  const { world, server, client } = connected();
  const again = new ServerEnd(world, server.secrets);
  world.nowMs += 1_000;
  client.send(frame(1));
  again.take(...client.sent.splice(0));
  client.take(...again.sent.splice(0).map(({ octets }) => octets));
  assert.is(client.sent.splice(0).length, 1, "one question, which is lost");
  const dueMs = client.initiator.tick(world.nowMs);
  assert.ok(dueMs > world.nowMs, "there is time to sleep");
  world.nowMs = dueMs;
  client.initiator.tick(world.nowMs);
  settle(again, client);
  assert.is(again.peers.size, 1);
});

for (const wayMs of [50, 125, 350, 1_000])
  test(`one handshake is enough where the way there takes ${wayMs} ms`, () => {
    const world = new World();
    const [server, client] = [new ServerEnd(world), new ClientEnd(world)];
    const onTheWay: { atMs: number; deliver: () => void }[] = [];
    const startMs = world.nowMs;
    let resets = 0;
    client.connect();
    while (server.peers.size === 0 && world.nowMs < startMs + 10_000) {
      const atMs = world.nowMs + wayMs;
      for (const datagram of client.sent.splice(0)) onTheWay.push({ atMs, deliver: () => server.take(datagram) });
      for (const { octets } of server.sent.splice(0)) {
        if (octets[0] === 5) resets++;
        onTheWay.push({ atMs, deliver: () => client.take(octets) });
      }
      world.nowMs += 5;
      while (onTheWay[0] !== undefined && onTheWay[0].atMs <= world.nowMs) onTheWay.shift()!.deliver();
      client.initiator.tick(world.nowMs);
    }
    assert.is(resets, 0);
    assert.ok(world.nowMs - startMs <= 3 * wayMs + 20, `it took ${world.nowMs - startMs} ms`);
  });

test("a client that is somewhere else with each datagram makes the server try out no more sizes than one that stays", () => {
  const { world, server, client } = connected();
  let octets = 0;
  for (let i = 0; i < 200; i++) {
    world.nowMs += 10;
    client.address = address(i);
    client.send(frame(i));
    server.take(...client.sent.splice(0));
    server.responder.tick(world.nowMs);
    octets += server.sent.splice(0).reduce((sum, datagram) => sum + datagram.octets.length, 0);
  }
  assert.ok(octets <= 4 * 30_000, `${octets} octets`);
});

test("the last datagram of old keys, which somebody held back, does not move a client", () => {
  const { world, server, client } = connected();
  world.nowMs += REKEY_MS;
  client.initiator.tick(world.nowMs);
  server.take(...client.sent.splice(0));
  client.send(frame(1));
  const [held] = client.sent.splice(0);
  settle(server, client);
  client.send(frame(2));
  settle(server, client);
  server.take({ octets: held!.octets, from: address(66) });
  assert.equal(server.got, [frame(2), frame(1)].map(text));
  assert.equal([...server.peers][0]!.address, client.address);
});

test.run();
