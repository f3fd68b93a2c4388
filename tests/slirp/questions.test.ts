// What reaches the host's resolvers: questions of guests, by datagrams and by connections, and nothing else.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UDP } from "../../host/slirp/packet.js";
import { QuestionStream, refusalOf } from "../../host/slirp/questions.js";
import { random } from "../random.js";
import { BOTH, bench, MadeGuest, send } from "./guest.js";
import { ACK, Connection } from "./tcp-guest.js";
import { MadeStream } from "./world.js";

const test = suite("slirp questions");
const GUEST = "10.0.2.15";
const NAME = "046e616d65076578616d706c6500";

function message(flags: string, counts: string, type: string, rest = ""): Buffer {
  return Buffer.from(`abcd${flags}${counts}${NAME}${type}0001${rest}`, "hex");
}

const QUESTION = message("0100", "0001000000000000", "0001");
const WITH_OPTIONS = message("0100", "0001000000000001", "0001", "0000291000000000000000");
const ONE = "0001000000000000";
const NOT_ASKED: readonly (readonly [what: string, octets: Buffer, code: number])[] = [
  ["an update of a zone", message("2800", "0001000000010000", "0006", "c00c00010001000000003c0004c0000201"), 4],
  ["a notice that a zone has changed", message("2000", ONE, "0006"), 4],
  ["a question for the server's state", Buffer.from("abcd10000000000000000000", "hex"), 4],
  ["an inverse question", message("0800", ONE, "0001"), 4],
  ["an operation that is not known", message("7800", ONE, "0001"), 4],
  ["a whole zone", message("0000", ONE, "00fc"), 5],
  ["what has changed in a zone", message("0000", "0001000000010000", "00fb"), 5],
  ["a question with an answer in it", message("0100", "0001000100000000", "0001"), 1],
  ["two questions", message("0100", "0002000000000000", "0001"), 1],
];

for (const [what, octets, code] of NOT_ASKED)
  test(`${what} is answered here, and reaches no resolver, by UDP and by TCP, restricted or not`, async () => {
    for (const restricted of [true, false]) {
      const lab = bench({ ...BOTH, restricted });
      const guest = new MadeGuest(lab);
      for (const to of ["10.0.2.2", "10.0.2.3"]) {
        send(lab, guest.udp(GUEST, 5, to, 53, octets));
        const [answer] = (await lab.take()).filter(({ protocol }) => protocol === UDP);
        const said = Buffer.from(answer!.data.subarray(8));
        assert.equal([said.subarray(0, 2).toString("hex"), said[2]! >>> 7, said[3]! & 15], ["abcd", 1, code], to);
      }
      assert.equal([lab.world.queries, lab.world.sent], [[], []]);
    }
    const inner = new MadeStream();
    const stream = new QuestionStream(inner);
    const heard: Uint8Array[] = [];
    stream.ondata = (piece) => heard.push(piece);
    stream.write(framed(octets));
    assert.equal([inner.written, heard.length, heard[0]![5]! & 15], [[], 1, code]);
  });

function framed(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(messages.flatMap((each) => [Uint8Array.of(each.length >>> 8, each.length & 255), each]));
}

test("questions pass, with options or without, and answers are nothing to a resolver", async () => {
  for (const question of [QUESTION, WITH_OPTIONS]) assert.is(refusalOf(question), undefined);
  assert.is(refusalOf(message("8180", ONE, "0001")), "nothing");
  assert.is(refusalOf(Buffer.alloc(5)), "nothing");
});

test("a connection for names is read message by message, however it is cut, and answers come between whole ones", () => {
  const draw = random(5);
  for (let round = 0; round < 200; round++) {
    const inner = new MadeStream();
    const stream = new QuestionStream(inner);
    const heard: Uint8Array[] = [];
    stream.ondata = (piece) => heard.push(piece);
    const refused = NOT_ASKED[round % NOT_ASKED.length]![1];
    const upward = framed(QUESTION, refused, WITH_OPTIONS, QUESTION);
    const long = Buffer.alloc(1 + draw.below(3_000), 7);
    const downward = framed(long, QUESTION);
    let [up, down] = [0, 0];
    while (up < upward.length || down < downward.length) {
      const size = 1 + draw.below(draw.pick([2, 60, 4_000]));
      if (draw.below(2) === 0) {
        stream.write(upward.subarray(up, up + size));
        up += size;
      } else {
        inner.ondata(downward.subarray(down, down + size));
        down += size;
      }
    }
    assert.equal(Buffer.concat(inner.written), framed(QUESTION, WITH_OPTIONS, QUESTION));
    const sizes = heard.map((piece) => piece.length - 2);
    assert.equal(sizes.filter((size) => size === long.length || size === QUESTION.length).length >= 2, true);
    assert.equal(heard.length, 3);
    for (const piece of heard) assert.is((piece[0]! << 8) | piece[1]!, piece.length - 2, "each is whole");
    assert.is(stream.queued, 0);
  }
});

test("who announces a question that is longer than any is not waited for", () => {
  const inner = new MadeStream();
  const stream = new QuestionStream(inner);
  const failed: string[] = [];
  stream.onerror = (code) => failed.push(code);
  stream.write(Uint8Array.of(0xff, 0xff, 1, 2, 3));
  assert.equal([failed, inner.isDestroyed], [["ECONNRESET"], true]);
});

test("at port 53 of the gateway's own addresses there are names, whatever the host has at that port", async () => {
  const lab = bench();
  const guest = new MadeGuest(lab);
  await lab.take();
  for (const [i, to] of ["10.0.2.2", "10.0.2.3"].entries()) {
    const connection = new Connection(lab, guest, to, 53, 40_000 + i);
    await connection.open();
    const stream = lab.world.streams[i]!;
    assert.equal(stream.to, { host: "192.0.2.53", port: 53 });
    connection.say(ACK, framed(NOT_ASKED[0]![1], QUESTION).toString("latin1"));
    const heard = (await connection.hear()).map(({ text }) => text).join("");
    assert.is(heard.charCodeAt(5) & 15, 4, "the update is answered here");
    assert.equal(Buffer.concat(stream.written), framed(QUESTION));
  }
});

test.run();
