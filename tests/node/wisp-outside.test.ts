// What a client of Wisp may let wait here: pieces cost something, however small they are.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Connection, CREDIT, Pending } from "../../host-node/servers/websocket/wisp-outside.js";
import { MadeStream } from "../slirp/world.js";

const test = suite("wisp outside");
const COUNT = 10_000;
const EMPTY = new Uint8Array();

function connection(): { socket: MadeStream; made: Connection; credits: number[] } {
  const socket = new MadeStream();
  const credits: number[] = [];
  const made = new Connection(socket, {
    window: undefined,
    confirms: false,
    ondata: () => {},
    onclose: () => {},
    oncredit: (count) => credits.push(count),
    ondrain: () => {},
    onlinger: () => {},
  });
  return { socket, made, credits };
}

test("what waits for a name counts, and so does nothing at all", () => {
  const pending = new Pending();
  for (let i = 0; i < COUNT; i++) pending.write(EMPTY);
  assert.ok(pending.queued >= 100 * COUNT, `${pending.queued}`);
});

test("a piece without octets goes nowhere, and is credited as any other", () => {
  const { socket, made, credits } = connection();
  for (let i = 0; i < CREDIT; i++) made.write(EMPTY);
  assert.equal(socket.written, []);
  assert.equal(credits, [CREDIT, CREDIT]);
});

test.run();
