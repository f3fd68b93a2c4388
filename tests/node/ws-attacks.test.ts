// What strangers may try on a WebSocket server: pages of other sites, garbage, floods, and doing nothing at all.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { hostname } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "../../host-node/servers/websocket/origin.js";
import { frame } from "../frame.js";
import { inLab, type Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { upgradeRequest } from "./upgrade.js";
import { call, serve } from "./ws.js";

const test = suite("WebSocket attacks");

async function refused(work: Promise<unknown>, pattern: RegExp): Promise<void> {
  await work.then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, pattern),
  );
}

/** A connection that has said this much. */
async function tcp(lab: Lab, url: string, said: string | Uint8Array): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  lab.later(() => void socket.destroy());
  socket.on("error", () => {}); // it may be cut off at any time
  await once(socket, "connect");
  socket.write(said);
  return socket;
}

/** An upgraded connection without a WebSocket library in it. */
async function bare(lab: Lab, url: string): Promise<Socket> {
  const socket = await tcp(lab, url, upgradeRequest());
  const [head] = (await once(socket, "data")) as [Buffer];
  assert.match(head.toString("latin1"), /^HTTP\/1\.1 101 /);
  return socket;
}

/** A client's message: a head with a mask of zeros, which changes nothing. */
function masked(head: readonly number[], payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}

for (const [origin, host, allowed, isIn] of [
  [undefined, "lab.example", [], true],
  ["https://lab.example", "lab.example", [], true],
  ["http://127.0.0.1:8080", "127.0.0.1:8080", [], true],
  ["http://192.0.2.7:8080", "192.0.2.7:8080", [], true],
  ["http://[::1]:8080", "[::1]:8080", [], true],
  ["http://localhost:8080", "localhost:8080", [], true],
  [`http://${hostname()}:8080`, `${hostname()}:8080`, [], true],
  [`http://${hostname()}.local:8080`, `${hostname()}.local:8080`, [], true],
  ["https://evil.example", "lab.example", [], false],
  ["https://lab.example.evil.example", "lab.example", [], false],
  ["http://localhost:9999", "localhost:8080", [], false],
  ["http://evil.example:8080", "evil.example:8080", [], false],
  ["http://127.0.0.1.evil.example:8080", "127.0.0.1.evil.example:8080", [], false],
  [`http://${hostname()}.evil.example`, `${hostname()}.evil.example`, [], false],
  ["null", "lab.example", [], false],
  ["*", "lab.example", [], false],
  ["lab.example", "lab.example", [], false],
  ["https://lab.example", undefined, [], false],
  ["http://lab.example:8080", "lab.example:8080", ["http://lab.example:8080"], true],
  ["https://other.example", "lab.example", ["https://other.example"], true],
  ["https://other.example:444", "lab.example", ["https://other.example"], false],
  ["null", "lab.example", ["null"], true],
  ["https://evil.example", "lab.example", ["*"], true],
] as const)
  test(`${isIn ? "lets in" : "turns away"} a page of ${origin} at ${host}, beside [${allowed}]`, () =>
    assert.is(refusal({ origin, host }, allowed) === undefined, isIn));

test(
  "turns away a page of another site, and says what would let it in",
  inLab(async (lab) => {
    const { at, service, log } = await serve(lab);
    const evil = "https://evil.example";
    await refused(call(lab, at(), { origin: evil }), /^403 a page of https:\/\/evil\.example: --ws-origin https/);
    const rebound = { origin: "http://evil.example:8080", headers: { host: "evil.example:8080" } };
    await refused(
      call(lab, at(), rebound),
      /^403 a page of .*, a name that may have been made to lead here: --ws-origin/,
    );
    await call(lab, at(), { origin: new URL(at()).origin.replace("ws:", "http:") });
    await call(lab, at());
    assert.equal([service.list().length, service.turnedAway, log.length], [2, 2, 2]);
  }),
);

test(
  "passes over garbage, and goes on with who sent it",
  inLab(async (lab) => {
    const { at, service } = await serve(lab);
    const [stranger, other] = [await call(lab, at()), await call(lab, at())];
    for (const size of [0, 1, 13, 9_237, 65_553]) stranger.ws.send(new Uint8Array(size));
    stranger.say("a > *");
    await other.hears("a > *");
    assert.equal([other.heard, service.list()[0]!.client.unfit], [["a > *"], 5]);
  }),
);

test(
  "cuts off who sends more than a message may have, and a stream that is none",
  inLab(async (lab) => {
    const { at, service } = await serve(lab);
    const [large, stream] = [await call(lab, at()), await call(lab, at(), { protocols: ["binary"] })];
    large.ws.send(new Uint8Array(200_000));
    assert.is((await large.ends()).code, 1009);
    stream.ws.send(new Uint8Array(2_000).fill(255));
    assert.match((await stream.ends()).reason, /this is no stream of frames/);
    await until("both are out", () => service.list().length === 0);
  }),
);

test(
  "takes a frame in fragments for one frame",
  inLab(async (lab) => {
    const { at } = await serve(lab);
    const [stranger, other] = [await bare(lab, at()), await call(lab, at())];
    const octets = frame("a > *");
    stranger.write(masked([0x02, 0x80 | 20], octets.subarray(0, 20)));
    stranger.write(masked([0x00, 0x80 | 30], octets.subarray(20, 50)));
    stranger.write(masked([0x80, 0x80 | 10], octets.subarray(50)));
    await other.hears("a > *");
    assert.equal(other.heard, ["a > *"]);
  }),
);

for (const [what, octets] of [
  ["an unmasked message", Buffer.concat([Buffer.from([0x82, 60]), frame("a > *")])],
  ["a message of 2^63 octets", Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ["a message of 4 GiB", Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])],
  ["reserved bits", masked([0xf2, 0x80 | 60], frame("a > *"))],
  ["an unknown opcode", masked([0x83, 0x80 | 60], frame("a > *"))],
  ["a continuation of nothing", masked([0x80, 0x80 | 60], frame("a > *"))],
  ["a long ping", masked([0x89, 0xfe, 0, 200], new Uint8Array(200))],
  [
    "fragments without an end",
    Buffer.concat([
      masked([0x02, 0x80], Buffer.alloc(0)),
      ...new Array<Buffer>(300_000).fill(masked([0x00, 0x81], Buffer.alloc(1))),
    ]),
  ],
] as const)
  test(
    `cuts off ${what}`,
    inLab(async (lab) => {
      const { at, service } = await serve(lab);
      const [stranger, one, two] = [await bare(lab, at()), await call(lab, at()), await call(lab, at())];
      stranger.write(octets);
      stranger.resume();
      await until("it is out", () => service.list().length === 2);
      one.say("b > *");
      await two.hears("b > *");
      assert.equal(two.heard, ["b > *"]);
    }),
  );

test(
  "waits for nobody who does not say what he wants, and is open to others meanwhile",
  inLab(async (lab) => {
    const { at } = await serve(lab, { deadlineMs: 4_000 });
    let closed = 0;
    for (let i = 0; i < 200; i++) {
      const socket = await tcp(lab, at(), i % 2 === 0 ? "" : "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      socket.resume().once("close", () => closed++);
    }
    await call(lab, at());
    await until("more than 64 of one address do not wait", () => closed >= 136);
    const dripping = await tcp(lab, at(), "GET / HTTP/1.1\r\n");
    const drip = setInterval(() => dripping.write("X-Drip: 1\r\n"), 50);
    lab.later(() => clearInterval(drip));
    await once(dripping.resume(), "close");
    await until("all are closed", () => closed === 200);
  }),
);

test(
  "answers a browser that comes for a page with words, and no more clients than it is to have with others",
  inLab(async (lab) => {
    const { at } = await serve(lab, { clients: 3, clientsPerAddress: 2, isBehindProxy: true });
    const response = await fetch(at().replace(/^ws/, "http"));
    assert.equal([response.status, /virtual Ethernet switch/.test(await response.text())], [426, true]);
    const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
    for (const address of ["192.0.2.1", "192.0.2.1", "192.0.2.2"]) await call(lab, at(), from(address));
    await refused(call(lab, at(), from("192.0.2.2")), /^503 all 3 clients are there/);
  }),
);

test(
  "has so many clients of one address, and another when one of them goes",
  inLab(async (lab) => {
    const { at, service } = await serve(lab, { clientsPerAddress: 2 });
    const [one] = [await call(lab, at()), await call(lab, at())];
    await refused(call(lab, at()), /^429 2 clients come from this address already/);
    one!.ws.close();
    await until("one is gone", () => service.list().length === 1);
    await call(lab, at());
  }),
);

test(
  "takes no more from a client than its rate, and all from the others",
  inLab(async (lab) => {
    const { at, service } = await serve(lab, { limits: { rate: 1_000, burst: 15_140 } });
    const [storm, calm, witness] = [await call(lab, at()), await call(lab, at()), await call(lab, at())];
    for (let i = 0; i < 1_000; i++) storm.say("a > * /1514");
    storm.say("a > *");
    await until("all of it is counted", () => {
      const { frames, refused } = service.list()[0]!.client;
      return frames + refused.rate === 1_001;
    });
    for (let i = 0; i < 10; i++) calm.say("b > c /1000");
    await until(
      "the other's frames are there",
      () => witness.heard.filter((text) => text === "b > c /1000").length === 10,
    );
    assert.ok(witness.heard.filter((text) => text === "a > * /1514").length < 20);
  }),
);

test(
  "lets a client have so many addresses, and no more",
  inLab(async (lab) => {
    const { sw, at, service } = await serve(lab, { limits: { macs: 3 } });
    const [one, two] = [await call(lab, at()), await call(lab, at())];
    for (const name of "abcdefabc") one.say(`${name} > *`);
    await until("all are counted", () => {
      const { frames, refused } = service.list()[0]!.client;
      return frames + refused.macs === 9;
    });
    two.say("z > *");
    await until("the switch knows four", () => sw.fdb.count === 4);
    assert.equal(two.heard, ["a > *", "b > *", "c > *", "a > *", "b > *", "c > *"]);
  }),
);

test(
  "keeps no more for a client that never reads than its share, and all others whole",
  inLab(async (lab) => {
    const { at, service } = await serve(lab);
    const deaf = await bare(lab, at());
    deaf.pause();
    const [one, two] = [await call(lab, at()), await call(lab, at())];
    const count = 8_000;
    for (let i = 0; i < count; i++) {
      one.say("a > * /1514");
      if (i % 100 === 99) await until("the other hears them", () => two.heard.length === i + 1);
    }
    const { client } = service.list()[0]!;
    assert.ok(client.waiting <= 1 << 20, `${client.waiting} octets wait`);
    assert.ok(client.lost > 0);
    assert.is(client.sent + client.lost, count);
    assert.is(service.waiting, client.waiting);
    deaf.destroy();
    await until("nothing waits", () => service.waiting === 0);
  }),
);

test(
  "does not answer a flood of pings for a client that never reads",
  inLab(async (lab) => {
    const { at, service } = await serve(lab);
    const deaf = await bare(lab, at());
    deaf.pause();
    const pings = Buffer.concat(new Array<Buffer>(10_000).fill(masked([0x89, 0x80 | 125], new Uint8Array(125))));
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 50; i++) deaf.write(pings);
    const [one, two] = [await call(lab, at()), await call(lab, at())];
    for (let i = 0; i < 20; i++) {
      one.say(`a > * /${100 + i}`);
      await two.hears(`a > * /${100 + i}`);
    }
    assert.ok(service.list().length >= 2);
    assert.ok(process.memoryUsage().rss - before < 300 << 20);
  }),
);

test.run();
