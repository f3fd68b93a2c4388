// Requests of plugs, octet by octet.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SwitchError } from "../../host/errors.js";
import {
  hasRoomForMark,
  type PlugRequest,
  readName,
  readReply,
  readRequest,
  writeRefusal,
  writeReply,
  writeRequest,
} from "../../host/vde/request.js";

const test = suite("a plug's request");

/** sockaddr_un of "/p": family 1, the path, zeros. */
const ADDRESS = Buffer.alloc(110);
ADDRESS.set([1, 0, 0x2f, 0x70]);

const octets = (...parts: (string | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part.replaceAll(" ", ""), "hex") : part)));
const v3 = (type: string) => octets("cefaedfe 03000000", type, ADDRESS, Buffer.from("first plug"));
const v1 = (type: string) => octets("cefaedfe", type, "020000000001", ADDRESS, Buffer.from("old plug"));

const summary = (request: PlugRequest | undefined) =>
  request && `${request.port ?? "any"} ${Buffer.from(request.description)}`;
const outcome = (request: Uint8Array) => {
  try {
    return summary(readRequest(request)) ?? "more";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const READ: readonly [what: string, request: Uint8Array, expected: string][] = [
  ["version 3, any port", v3("00000000"), "any first plug"],
  ["version 3, port 5", v3("00050000"), "5 first plug"],
  ["version 3, port 300", v3("002c0100"), "300 first plug"],
  ["version 3, port 0 by type", v3("01000000"), "0 first plug"],
  ["version 3, port 0 by type, other octets unread", v3("01070000"), "0 first plug"],
  ["version 3, a negative port is port 0", v3("00ffffff"), "0 first plug"],
  ["version 3, the largest port", v3("00ffff7f"), "8388607 first plug"],
  ["version 3, type 2", v3("02000000"), "EPROTO"],
  ["version 3, type 255", v3("ff000000"), "EPROTO"],
  ["version 1, any port", v1("00000000"), "any old plug"],
  ["version 1, port 0", v1("01000000"), "0 old plug"],
  ["version 2", octets("cefaedfe 02000000", ADDRESS), "EPROTO"],
  ["version 4", octets("cefaedfe 04000000", ADDRESS), "EPROTO"],
  ["the magic number the other way round", octets("feedface 00000003 00000000", ADDRESS), "EPROTO"],
  ["text", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "EPROTO"],
  ["nothing", octets(), "more"],
  ["half a magic number", octets("cefa"), "more"],
  ["the magic number alone", octets("cefaedfe"), "more"],
  ["no type yet", octets("cefaedfe 03000000 0000"), "more"],
  ["one octet too few", v3("00000000").subarray(0, 121), "more"],
  ["one octet too few of version 1", v1("00000000").subarray(0, 123), "more"],
  ["no description", v3("00000000").subarray(0, 122), "any "],
  ["a description with a zero", octets(v3("00000000"), "00", Buffer.from("hidden")), "any first plug"],
  ["an Internet address", octets("cefaedfe 03000000 00000000", "0200", ADDRESS.subarray(2)), "EPROTO"],
];

for (const [what, request, expected] of READ) {
  test(`reads ${what}`, () => assert.is(outcome(request), expected));
}

test("refuses what can be no request as soon as it shows", () => {
  assert.is(outcome(octets("cefaedff")), "EPROTO");
  assert.is(outcome(octets("cefaedfe 07000000")), "EPROTO");
  assert.is(outcome(octets("cefaedfe 03000000 09000000")), "EPROTO");
});

test("asks to hear why it is refused, where its address has room for that", () => {
  const asking = (address: Uint8Array, heads: boolean) =>
    readRequest(writeRequest({ port: 1, address, description: Buffer.of(), heads, wantsReason: true }));
  for (const heads of [false, true]) {
    const { wantsReason, heads: asked, address } = asking(ADDRESS, heads)!;
    assert.equal([wantsReason, asked, Buffer.from(readName(address).path).toString()], [true, heads, "/p"]);
  }
  const long = Buffer.concat([Buffer.of(1, 0), Buffer.from(`/${"x".repeat(95)}`), Buffer.alloc(12)]);
  assert.is(asking(long, true)?.wantsReason, false);
  assert.is(readRequest(v3("00000000"))?.wantsReason, false);
});

test("is refused with words, which come whole or not at all, and without control characters", () => {
  const refusal = writeRefusal(new SwitchError("EACCES", "port 3 is\u001b[2J for others"));
  for (let size = 0; size < refusal.length; size++) assert.is(readReply(refusal.subarray(0, size)), undefined);
  assert.throws(
    () => readReply(refusal),
    /^Connection refused: the switch says: .*denied: port 3 is\\x1b\[2J for others$/,
  );
});

test("comes to the same end however the octets are cut", () => {
  for (const whole of [v3("00050000"), v1("01000000")]) {
    const fixed = whole.length - (whole[4] === 3 ? 10 : 8);
    for (let size = 0; size < fixed; size++) assert.is(outcome(whole.subarray(0, size)), "more");
    for (let size = fixed; size <= whole.length; size++) assert.not.match(outcome(whole.subarray(0, size)), "EPROTO");
  }
});

test("throws nothing but refusals at random octets", () => {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  };
  for (let round = 0; round < 20_000; round++) {
    const request = v3("00000000");
    for (let changes = 0; changes < 4; changes++) request[random() % (round % 2 ? 14 : 130)] = random();
    assert.match(outcome(request), /^(\d+ |any |EPROTO$|more$)/);
  }
});

test("writes what it reads", () => {
  for (const port of [undefined, 0, 1, 32, 1024]) {
    const written = writeRequest({ port, address: ADDRESS, description: Buffer.from("x") });
    assert.is(summary(readRequest(written)), `${port ?? "any"} x`);
  }
  assert.equal(
    Buffer.from(writeRequest({ port: 5, address: ADDRESS, description: Buffer.from("first plug") })),
    v3("00050000"),
  );
});

test("tells a file's name from an abstract one and from none", () => {
  const name = (path: string) =>
    readName(octets("0100", Buffer.from(path), Buffer.alloc(108 - Buffer.byteLength(path))));
  assert.equal(name("/a/b"), { kind: "file", path: Uint8Array.from(Buffer.from("/a/b")) });
  assert.is(name("\0x").kind, "abstract");
  assert.is(name("").kind, "unnamed");
  assert.is(name("x".repeat(108)).path.length, 108);
});

test("reads an answer when it is whole", () => {
  assert.is(readReply(ADDRESS.subarray(0, 109)), undefined);
  assert.equal(readReply(ADDRESS), { address: Uint8Array.from(ADDRESS), heads: false });
});

const named = (path: string) => octets("0100", Buffer.from(path), Buffer.alloc(108 - Buffer.byteLength(path)));

test("asks for frames with heads behind the path, where no other switch looks, and hears whether it is agreed", () => {
  const address = named("/tmp/plug");
  const asked = writeRequest({ port: 2, address, description: Buffer.from("x"), heads: true });
  const request = readRequest(asked)!;
  assert.equal([request.heads, request.port, readName(request.address)], [true, 2, readName(address)]);
  assert.is(readRequest(writeRequest({ port: 2, address, description: Buffer.from("x") }))!.heads, false);
  assert.is(readReply(writeReply({ address, heads: true }))!.heads, true);
  assert.is(readReply(writeReply({ address, heads: false }))!.heads, false);
  assert.is(readReply(request.address)!.heads, false, "a switch that gives back what it got agrees to nothing");
});

test("asks for nothing where an address has no room for it", () => {
  for (const [path, fits] of [
    ["x".repeat(99), true],
    ["x".repeat(100), false],
    ["x".repeat(107), false],
    ["\0abstract", false],
  ] as const) {
    const address = Uint8Array.from(named(path));
    assert.is(hasRoomForMark(address), fits, path);
    const written = readRequest(writeRequest({ port: 1, address, description: Buffer.of(), heads: true }))!;
    assert.is(written.heads, fits, path);
    assert.equal(readName(written.address), readName(address), path);
  }
});

test.run();
