// Frames in WebSocket messages: how they are packed, found again, bounded, and how a link comes back.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SwitchError } from "../../host/errors.js";
import { FramingError } from "../../host/framing.js";
import type { Link } from "../../host/link.js";
import { linkPair } from "../../host/link-pair.js";
import { reconnecting } from "../../host/reconnect.js";
import { BATCHED, type Coding, MessageReader, RAW, STREAM } from "../../host/websocket/coding.js";
import { Inbox } from "../../host/websocket/inbox.js";
import { type Lead, lengths, MESSAGE_HEADS, Outbox } from "../../host/websocket/outbox.js";
import { stillClock } from "../clock.js";
import { frame, words } from "../frame.js";

const test = suite("websocket");

function read(coding: Coding, ...messages: readonly Uint8Array[]): { heard: string[]; unfit: number } {
  const reader = new MessageReader(coding);
  const heard: string[] = [];
  for (const message of messages) reader.read(message, (octets) => void heard.push(words(octets)));
  return { heard, unfit: reader.unfit };
}

function outbox(
  lead: Lead | undefined,
  limit = 1 << 20,
): { box: Outbox; sent: Uint8Array[]; sink: { waiting: number; isBusy: boolean } } {
  const sent: Uint8Array[] = [];
  const sink = { waiting: 0, isBusy: false, write: (chunk: Uint8Array) => void sent.push(chunk) };
  return { box: new Outbox({ sink, lead, limit: () => limit }), sent, sink };
}

test("finds a frame a message, and passes over what is none", () => {
  assert.equal(read(RAW, frame("a > b"), new Uint8Array(0), new Uint8Array(13), new Uint8Array(70_000)), {
    heard: ["a > b"],
    unfit: 3,
  });
});

for (const coding of [BATCHED, STREAM]) {
  test(`packs many frames into few messages, and finds them again: ${coding.protocol}`, async () => {
    const { box, sent } = outbox(lengths(coding.framing!));
    const texts = Array.from({ length: 100 }, (_, i) => `a > b /${61 + 14 * i}`);
    for (const text of texts) assert.ok(box.add(frame(text)));
    await Promise.resolve();
    assert.equal(read(coding, ...sent), { heard: texts, unfit: 0 });
    assert.is(sent.length, 3);
  });
}

test("finds the frames of a stream that was cut anywhere", async () => {
  const { box, sent } = outbox(lengths(STREAM.framing!));
  for (const text of ["a > b", "a > c /1514", "a > * /9018"]) box.add(frame(text));
  box.flush();
  for (const size of [1, 3, 61, 1000]) {
    const pieces = Array.from({ length: Math.ceil(sent[0]!.length / size) }, (_, i) =>
      sent[0]!.subarray(i * size, (i + 1) * size),
    );
    assert.equal(read(STREAM, ...pieces).heard, ["a > b", "a > c /1514", "a > * /9018"]);
  }
});

test("gives up a stream that is none, and loses no more than one message of garbage", () => {
  assert.throws(
    () => read(STREAM, Uint8Array.of(255, 255, 255, 255, 0)),
    (error: Error) => error instanceof FramingError,
  );
  const whole = Uint8Array.of(0, 60, ...frame("a > b"));
  const cut = Uint8Array.of(...whole, 0, 60, 1, 2, 3);
  assert.equal(read(BATCHED, cut, Uint8Array.of(9), whole), { heard: ["a > b", "a > b"], unfit: 2 });
});

test("writes the heads of messages as RFC 6455 has them", () => {
  const { box, sent } = outbox(MESSAGE_HEADS);
  for (const size of [60, 125, 126, 1514]) box.add(frame(`a > b /${size}`));
  box.flush();
  const octets = sent[0]!;
  const heads = [
    [0x82, 60],
    [0x82, 125],
    [0x82, 126, 0, 126],
    [0x82, 126, 5, 234],
  ];
  let at = 0;
  for (const [i, size] of [60, 125, 126, 1514].entries()) {
    const head = heads[i]!;
    assert.equal([...octets.subarray(at, at + head.length)], head);
    at += head.length;
    assert.is(words(octets.subarray(at, at + size)), words(frame(`a > b /${size}`)));
    at += size;
  }
  assert.is(at, octets.length);
});

test("holds what a busy sink does not take, up to a limit, and counts what is lost", () => {
  const { box, sent, sink } = outbox(MESSAGE_HEADS, 10_000);
  Object.assign(sink, { waiting: 5_000, isBusy: true });
  const taken = Array.from({ length: 10 }, () => box.add(frame("a > b /1000"))).filter((was) => was).length;
  box.flush();
  assert.equal([taken, box.lost, sent.length], [4, 6, 0]);
  Object.assign(sink, { waiting: 0, isBusy: false });
  box.flush();
  assert.is(
    sent.reduce((sum, { length }) => sum + length, 0),
    4 * 1004,
  );
  assert.is(box.waiting, 0);
});

test("sends of memory that others have a part of nothing but its frames", async () => {
  const memory = new Uint8Array(4096).fill(0xee);
  let end = 0;
  const allocate = (octets: number) => {
    end += octets;
    return memory.subarray(end - octets, end);
  };
  const boxes = [["a > b"], ["c > d /125"], ["e > f /126", "g > h", "a > c /300"]].map((texts) => {
    const sent: Uint8Array[] = [];
    const sink = { waiting: 0, write: (chunk: Uint8Array) => void sent.push(chunk) };
    const box = new Outbox({ sink, lead: lengths(BATCHED.framing!), limit: () => 1 << 20, allocate });
    for (const text of texts) box.add(frame(text));
    return { sent, texts };
  });
  await Promise.resolve();
  for (const { sent, texts } of boxes) assert.equal(read(BATCHED, ...sent), { heard: texts, unfit: 0 });
});

test("keeps nothing after it is closed", () => {
  const { box, sent } = outbox(MESSAGE_HEADS);
  box.add(frame("a > b"));
  box.close();
  box.flush();
  assert.equal([sent.length, box.waiting, box.add(frame("a > b"))], [0, 0, false]);
});

/** An inbox before a switch that takes a frame where `rooms` says so. */
function inbox() {
  const clock = stillClock();
  const [link, far] = linkPair();
  const heard: string[] = [];
  const told: string[] = [];
  const room = { frames: 0 };
  link.onframe = (octets) => {
    room.frames--;
    heard.push(words(octets));
  };
  link.hasRoom = () => room.frames > 0;
  const box = new Inbox({ link, clock, pause: () => void told.push("pause"), resume: () => void told.push("resume") });
  return { box, clock, heard, told, room, far };
}

test("holds a burst that finds no room, in order, and has its sender wait meanwhile", () => {
  const { box, clock, heard, told, room } = inbox();
  const texts = Array.from({ length: 10 }, (_, i) => `a > b /${100 + i}`);
  room.frames = 3;
  for (const text of texts) box.give(frame(text));
  assert.equal([heard, told], [texts.slice(0, 3), ["pause"]]);
  room.frames = 5;
  clock.pass(1);
  assert.equal([heard, told], [texts.slice(0, 8), ["pause"]]);
  room.frames = 9;
  clock.pass(1);
  box.give(frame("b > a"));
  assert.equal(
    [heard, told],
    [
      [...texts, "b > a"],
      ["pause", "resume"],
    ],
  );
});

test("keeps no more of a burst than there may be, and nothing once it is closed", () => {
  const { box, clock, heard, room } = inbox();
  for (let i = 0; i < 300; i++) box.give(frame("a > b /1000"));
  assert.is(box.lost, 300 - Math.floor(2 ** 18 / 1000));
  box.close();
  room.frames = 1000;
  clock.pass(1000);
  assert.equal(heard, []);
});

/** A link that is dialled by hand: `serve` says what a try comes to. */
async function dialled() {
  const clock = stillClock();
  const far: Link[] = [];
  let tries = 0;
  let refusal: Error | undefined;
  const dial = async (): Promise<Link> => {
    tries++;
    if (refusal !== undefined) throw refusal;
    const [near, other] = linkPair();
    far.push(other);
    return near;
  };
  const link = await reconnecting(dial, { clock, chance: () => 1 });
  const closed: (Error | undefined)[] = [];
  link.onclose = (reason) => void closed.push(reason);
  /** Lets time pass, and what is promised come about. */
  const pass = async (ms: number): Promise<void> => {
    clock.pass(ms);
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  const refuse = (error?: Error): void => {
    refusal = error;
  };
  return { link, far, closed, pass, refuse, tries: () => tries };
}

test("comes back at once, and carries frames again", async () => {
  const { link, far, pass, closed } = await dialled();
  const heard: string[] = [];
  link.onframe = (octets) => void heard.push(words(octets));
  far[0]!.close();
  assert.is(link.send(frame("a > b")), false);
  await pass(0);
  far[1]!.send(frame("b > a"));
  assert.ok(link.send(frame("a > b")));
  assert.equal([heard, closed], [["b > a"], []]);
});

test("waits longer and longer where nobody answers", async () => {
  const { far, pass, refuse, tries } = await dialled();
  refuse(new SwitchError("ECONNREFUSED"));
  far[0]!.close();
  const waits: number[] = [];
  for (let waited = 0; waits.length < 10; waited += 250) {
    const before = tries();
    await pass(waited === 0 ? 0 : 250);
    if (tries() > before) waits.push(waited);
  }
  const gaps = waits.slice(1).map((at, i) => at - waits[i]!);
  assert.equal(gaps, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("stays away where it is not wanted, and when it was closed", async () => {
  const refused = await dialled();
  refused.refuse(new SwitchError("EACCES", "no"));
  refused.far[0]!.close();
  await refused.pass(0);
  assert.is(refused.closed.length, 1);
  const done = await dialled();
  done.link.close();
  await done.pass(60_000);
  assert.equal([done.tries(), done.closed], [1, [undefined]]);
});

test.run();
