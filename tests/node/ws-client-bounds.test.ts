// What is kept for one client of the WebSocket server, whatever it sends and whether it reads or not.

import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { WebSocket } from "ws";
import { ClientAddresses } from "../../host-node/servers/websocket/addresses.js";
import { Client } from "../../host-node/servers/websocket/client.js";
import { DEFAULTS } from "../../host-node/servers/websocket/options.js";
import { Pool } from "../../host-node/servers/websocket/pool.js";

const test = suite("bounds of a WebSocket client");

/** A WebSocket whose other end reads nothing. */
class Deaf extends EventEmitter {
  readonly protocol = "";
  bufferedAmount = 0;

  send(text: string): void {
    this.bufferedAmount += text.length;
  }
}

test("answers no more pings in words than are read", () => {
  const ws = new Deaf();
  const identity = { from: "192.0.2.1:1", address: "192.0.2.1", holder: "" };
  new Client(ws as unknown as WebSocket, new PassThrough(), {
    identity,
    limits: DEFAULTS.limits,
    pool: new Pool(),
    log() {},
  });
  for (let i = 0; i < 10_000; i++) ws.emit("message", Buffer.from(`ping:${"x".repeat(100)}`), false);
  assert.ok(ws.bufferedAmount > 0 && ws.bufferedAmount < 8_192, `${ws.bufferedAmount} octets wait`);
});

test("forgets the address that was silent longest, and only after 100 s", () => {
  const forgotten: number[] = [];
  const addresses = new ClientAddresses(2, (address) => forgotten.push(address));
  const see = (address: number, second: number) => addresses.see(address, 1_000 * second);
  assert.equal([see(1, 0), see(2, 0), see(1, 50), see(3, 150)], ["new", "new", "known", "refused"]);
  assert.equal([see(3, 151), forgotten], ["new", [2]]);
  assert.equal([see(1, 160), see(2, 200), see(2, 261), forgotten], ["known", "refused", "new", [2, 3]]);
});

test.run();
