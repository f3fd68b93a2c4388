// Wisp with those who do not keep to it: servers that a client dials, and clients that a server has.

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type WebSocket, WebSocketServer } from "ws";
import { EXTENSION, infoOctets, readInfo, serverInfo } from "../../host/wisp/info.js";
import {
  closePacket,
  codeOf,
  connectPacket,
  continuePacket,
  dataPacket,
  infoPacket,
  type Packet,
  readPacket,
  TCP,
  WHY,
  whyOf,
} from "../../host/wisp/packets.js";
import { stillClock } from "../clock.js";
import { inLab, type Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { random } from "../random.js";
import { connect, dial } from "./wisp-client.js";

const test = suite("wisp with strangers");
const NONE = new Uint8Array();

test("packets are read as they were written", () => {
  const info = {
    major: 2,
    minor: 1,
    extensions: new Map(
      [
        [4, Buffer.from("hi")],
        [1, NONE],
      ].map(([id, octets]) => [id as number, Uint8Array.from(octets as Uint8Array)]),
    ),
  };
  for (const [octets, packet] of [
    [
      connectPacket(7, TCP, "bücher.example", 443),
      { kind: "connect", stream: 7, type: TCP, port: 443, host: "bücher.example" },
    ],
    [dataPacket(2 ** 32 - 1, Uint8Array.of(1, 2)), { kind: "data", stream: 2 ** 32 - 1, octets: Uint8Array.of(1, 2) }],
    [continuePacket(0, 2 ** 31 + 5), { kind: "continue", stream: 0, count: 2 ** 31 + 5 }],
    [closePacket(9, WHY.refused), { kind: "close", stream: 9, why: WHY.refused }],
    [infoPacket(info), { kind: "info", stream: 0, info }],
  ] as const)
    assert.equal(readPacket(octets), packet as Packet);
});

test("what is cut or none is no packet", () => {
  for (const octets of [
    NONE,
    Uint8Array.of(2, 0, 0, 0),
    Uint8Array.of(9, 1, 0, 0, 0, 1),
    Uint8Array.of(1, 1, 0, 0, 0, 1, 80),
    Uint8Array.of(1, 1, 0, 0, 0, 1, 80, 0, 0xff, 0xfe),
    Uint8Array.of(1, 1, 0, 0, 0, 3, 80, 0, 97),
    connectPacket(1, TCP, "a".repeat(256), 80),
    Uint8Array.of(3, 0, 0, 0, 0, 1, 0, 0),
    Uint8Array.of(5, 0, 0, 0, 0, 2),
    Uint8Array.of(5, 0, 0, 0, 0, 2, 0, 1, 0, 0),
    Uint8Array.of(5, 0, 0, 0, 0, 2, 0, 1, 0xff, 0xff, 0xff, 0xff),
  ])
    assert.is(readPacket(octets), undefined, `${octets}`);
  const many = Uint8Array.from([2, 0, ...Array.from({ length: 100 }, (_, id) => [id, 0, 0, 0, 0]).flat()]);
  assert.is(readInfo(many), undefined);
});

test("random octets are never more than packets", () => {
  const chance = random(20271);
  const info = infoOctets(serverInfo("10.0.2.3"));
  for (let i = 0; i < 100_000; i++) {
    const octets = Uint8Array.from({ length: chance.below(40) }, () => chance.below(256));
    if (octets.length > 0) octets[0] = chance.below(7);
    readPacket(octets);
    const changed = info.slice();
    changed[chance.below(changed.length)] = chance.below(256);
    readInfo(changed);
  }
});

test("each reason has an errno, and an errno a reason", () => {
  for (const code of ["ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH"]) assert.is(codeOf(whyOf(code)), code);
  assert.is(codeOf(whyOf("ENETUNREACH")), "EHOSTUNREACH");
  assert.is(codeOf(0x99), "ECONNRESET");
  assert.is(codeOf(WHY.blocked), "EACCES");
});

/** A server of the test's own. */
class Stranger {
  readonly url: string;
  readonly heard: Packet[] = [];
  readonly clients: WebSocket[] = [];

  constructor(server: WebSocketServer, greet: (ws: WebSocket) => void) {
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on("connection", (ws) => {
      this.clients.push(ws);
      ws.on("error", () => {});
      ws.on("message", (data: Buffer) => this.heard.push(readPacket(data)!));
      greet(ws);
    });
  }

  static async start(lab: Lab, greet: (ws: WebSocket) => void): Promise<Stranger> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    lab.later(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    return new Stranger(server, greet);
  }

  hears(kind: Packet["kind"]): Promise<Packet> {
    return until(`a packet: ${kind}`, () => this.heard.find((packet) => packet.kind === kind));
  }
}

const version1 = (credit: number) => (ws: WebSocket) => ws.send(continuePacket(0, credit));
const version2 = (ws: WebSocket) => {
  ws.send(infoPacket(serverInfo("")));
  ws.send(continuePacket(0, 4));
};

for (const [what, octets] of [
  ["garbage", Uint8Array.of(1, 2, 3)],
  ["extensions that are cut", Uint8Array.of(5, 0, 0, 0, 0, 2, 0, 1, 255, 0, 0, 0)],
  ["nothing", NONE],
] as const)
  test(
    `a server that sends ${what} is left, and tried again later`,
    inLab(async (lab) => {
      const stranger = await Stranger.start(lab, (ws) => ws.send(octets));
      const client = dial(lab, stranger.url);
      await until("it is tried again", () => stranger.clients.length > 2);
      assert.is(client.info, undefined);
    }),
  );

test(
  "packets for streams that are not there, and texts, do nothing",
  inLab(async (lab) => {
    const stranger = await Stranger.start(lab, version1(4));
    const client = dial(lab, stranger.url);
    const heard = connect(client, "x", 1);
    await heard.connects();
    const ws = stranger.clients[0]!;
    for (let i = 0; i < 20_000; i++)
      ws.send(i % 2 === 0 ? closePacket(i + 100, i & 255) : dataPacket(i + 100, Buffer.alloc(20)));
    ws.send("text");
    ws.send(continuePacket(0, 0));
    ws.send(infoPacket(serverInfo("10.9.9.9")));
    ws.send(connectPacket(1, TCP, "y", 2));
    ws.send(dataPacket(1, Buffer.from("still here")));
    await until("the data", () => heard.data.toString() === "still here");
    assert.is(client.info, undefined); // it is too late for another version
    for (let i = 0; i < 1_000; i++) ws.send(closePacket(1, WHY.ended));
    await heard.ends();
    assert.is(stranger.clients.length, 1);
  }),
);

/** A stream at a stranger that is not read. */
async function paused(lab: Lab) {
  const stranger = await Stranger.start(lab, version2);
  const heard = connect(dial(lab, stranger.url), "x", 1);
  heard.stream.pause();
  await stranger.hears("connect");
  const ws = stranger.clients[0]!;
  return { stranger, heard, ws };
}

test(
  "a server that sends more than was granted loses the stream",
  inLab(async (lab) => {
    const { stranger, heard, ws } = await paused(lab);
    for (let i = 0; i < 100; i++) ws.send(dataPacket(1, Buffer.alloc(10_000)));
    assert.is(await heard.fails(), "ECONNRESET");
    assert.equal(await stranger.hears("close"), { kind: "close", stream: 1, why: WHY.overrun });
    assert.is(heard.octets, 0);
  }),
);

test(
  "a server that nothing makes wait loses the stream that a guest does not read",
  inLab(async (lab) => {
    const stranger = await Stranger.start(lab, version1(4));
    const client = dial(lab, stranger.url, { cannotPause: true });
    const [slow, quick] = [connect(client, "x", 1), connect(client, "x", 2)];
    slow.stream.pause();
    await quick.connects();
    const ws = stranger.clients[0]!;
    for (let i = 0; i < 200; i++) ws.send(dataPacket(1, Buffer.alloc(60_000)));
    ws.send(dataPacket(2, Buffer.from("fine")));
    assert.is(await slow.fails(), "ECONNRESET");
    await until("the other one's", () => quick.data.toString() === "fine");
  }),
);

test(
  "where all have to wait for one that a guest does not read, it is let go after a while",
  inLab(async (lab) => {
    const stranger = await Stranger.start(lab, version1(4));
    const clock = stillClock();
    const client = dial(lab, stranger.url, { clock });
    const [slow, quick] = [connect(client, "x", 1), connect(client, "x", 2)];
    slow.stream.pause();
    await quick.connects();
    const ws = stranger.clients[0]!;
    for (let i = 0; i < 200; i++) ws.send(dataPacket(1, Buffer.alloc(60_000)));
    ws.send(dataPacket(2, Buffer.from("at last")));
    await new Promise((done) => setTimeout(done, 300));
    clock.pass(14_000);
    assert.equal([slow.error, quick.octets], [undefined, 0]);
    clock.pass(2_000);
    assert.is(slow.error, "ECONNRESET");
    await until("the other one's", () => quick.data.toString() === "at last");
  }),
);

test(
  "small pieces are held as large ones",
  inLab(async (lab) => {
    const { heard, ws } = await paused(lab);
    for (let i = 0; i < 5_000; i++) ws.send(dataPacket(1, Uint8Array.of(i)));
    ws.send(dataPacket(1, NONE));
    await new Promise((done) => setTimeout(done, 300));
    heard.stream.resume();
    await heard.ends();
    assert.is(heard.octets, 5_000);
    assert.ok(heard.pieces.length < 300, `${heard.pieces.length}`);
    assert.ok(heard.data.every((octet, i) => octet === (i & 255)));
  }),
);

test(
  "no more is sent than a server has said it takes",
  inLab(async (lab) => {
    const stranger = await Stranger.start(lab, version1(3));
    const heard = connect(dial(lab, stranger.url), "x", 1);
    await heard.connects();
    for (let i = 0; i < 50; i++) heard.stream.write(Buffer.alloc(10_000, i));
    const data = () => stranger.heard.filter((packet) => packet.kind === "data");
    await until("three packets", () => data().length === 3);
    await new Promise((done) => setTimeout(done, 100));
    assert.is(data().length, 3);
    assert.is(heard.stream.queued, 470_000);
    let drained = 0;
    heard.stream.ondrain = () => drained++;
    stranger.clients[0]!.send(continuePacket(1, 1_000));
    await until("the rest", () => heard.stream.queued === 0);
    assert.ok(drained > 0);
    await until(
      "all of it",
      () => data().reduce((sum, packet) => sum + (packet as { octets: Uint8Array }).octets.length, 0) === 500_000,
    );
  }),
);

test(
  "a server that wants to know who comes hears it, and one that does not know us is not asked again",
  inLab(async (lab) => {
    const asks = (ws: WebSocket) =>
      ws.send(infoPacket({ major: 2, minor: 0, extensions: new Map([[EXTENSION.password, Uint8Array.of(1)]]) }));
    const told: (string | undefined)[] = [];
    const ontold = (_isUp: boolean, reason?: Error) => told.push(reason?.message);
    const stranger = await Stranger.start(lab, asks);
    dial(lab, stranger.url, { ontold });
    await until("it gives up", () => told.length === 1);
    assert.match(told[0]!, /Permission denied: the Wisp server wants a user and a password/);
    dial(lab, stranger.url, { ontold, login: { user: "ann", password: "sesame" } });
    const { info } = (await stranger.hears("info")) as Packet & { kind: "info" };
    const said = Buffer.from(info.extensions.get(EXTENSION.password)!);
    assert.equal([...said.subarray(0, 3)], [3, 6, 0]);
    assert.is(said.subarray(3).toString(), "annsesame");
    stranger.clients.at(-1)!.send(closePacket(0, WHY.wrongPassword));
    await until("it gives up again", () => told.length === 2);
    assert.match(told[1]!, /no such user and password/);
    const before = stranger.clients.length;
    await new Promise((done) => setTimeout(done, 600));
    assert.is(stranger.clients.length, before);
  }),
);

test.run();
