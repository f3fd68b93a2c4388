// Logins in masses, from who knows where the server is, and from who has its key: memory and answers are bounded, and
// honest clients come in.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { COOKIE, DATA, INIT, INIT_SIZE, RESET, RESPONSE } from "../../host-node/crypt/layout.js";
import { random as seeded } from "../random.js";
import { address, ClientEnd, connected, frame, ServerEnd, settle, text, World } from "./ends.js";

const test = suite("logins to a cable");
const STRANGER = address(200);

/** So many logins at once that the next one is asked for a cookie. */
function exhaust(world: World, server: ServerEnd): void {
  for (let i = 0; i < 60; i++) {
    const other = new ClientEnd(world, { host: i });
    other.connect();
    server.take(...other.sent.splice(0));
  }
  server.sent.splice(0);
}

test("forged logins: 20,000 of them cost no memory, few answers, and keep nobody out", () => {
  const random = seeded(3);
  const { world, server, client } = connected();
  const sessions = server.responder.sessionCount;
  const forged = (): Uint8Array => {
    const octets = new Uint8Array(INIT_SIZE).map(() => random.below(256));
    octets.set([INIT, 1, 1 + random.below(2), 0]);
    return octets;
  };
  let said = 0;
  for (let i = 0; i < 20_000; i++) {
    server.take({ octets: forged(), from: address(random.below(255), random.below(65_536)) });
    said += server.sent.splice(0).length;
    world.nowMs += 0.05;
  }
  assert.is(server.responder.sessionCount, sessions);
  assert.ok(said <= 110, `${said} answers within a second`);
  client.send(frame(1));
  const late = new ClientEnd(world, { host: 8 });
  late.connect();
  settle(server, client, late);
  assert.equal(late.told, ["up"]);
  assert.equal(server.got, [text(frame(1))]);
});

test("logins of one who has the server's key: bounded sessions, cookies, and honest clients still come in", () => {
  const { world, server } = connected();
  for (let i = 0; i < 300; i++) {
    const insider = new ClientEnd(world, { host: i % 200 });
    insider.connect();
    server.take(...insider.sent.splice(0));
    world.nowMs += 1;
  }
  assert.ok(server.responder.sessionCount <= 65, `${server.responder.sessionCount} sessions`);
  const kinds = server.sent.splice(0).map(({ octets }) => octets[0]);
  assert.ok(kinds.filter((kind) => kind === COOKIE).length > 100);
  const honest = new ClientEnd(world, { host: 250 });
  exhaust(world, server);
  honest.connect();
  settle(server, honest);
  assert.equal(honest.told, [], "it was asked for a cookie");
  world.nowMs += 200;
  exhaust(world, server);
  honest.initiator.tick(world.nowMs);
  settle(server, honest);
  assert.equal(honest.told, ["up"]);
});

test("a cookie is worth nothing from another address", () => {
  const { world, server } = connected();
  exhaust(world, server);
  const client = new ClientEnd(world, { host: 100 });
  client.connect();
  settle(server, client);
  client.address = address(101);
  world.nowMs += 200;
  exhaust(world, server);
  client.initiator.tick(world.nowMs);
  server.take(...client.sent.splice(0));
  assert.is(server.sent.splice(0)[0]!.octets[0], COOKIE);
});

test("no answer to a stranger is longer than what it answers", () => {
  const random = seeded(5);
  const server = new ServerEnd(new World());
  for (let i = 0; i < 5_000; i++) {
    const octets = new Uint8Array(random.below(300)).map(() => random.below(256));
    octets.set([random.pick([INIT, RESPONSE, COOKIE, DATA, RESET]), 1].slice(0, octets.length));
    server.take({ octets, from: STRANGER });
    for (const answer of server.sent.splice(0))
      assert.ok(answer.octets.length < octets.length, `${answer.octets.length} for ${octets.length}`);
  }
});

test.run();
