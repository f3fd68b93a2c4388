// TCP as the gateway ends it, segment by segment.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseForward } from "../../host/slirp/forward.js";
import { bench, MadeGuest } from "./guest.js";
import { ACK, Connection, FIN, RST, SYN } from "./tcp-guest.js";
import { MadeStream } from "./world.js";

const test = suite("slirp tcp");
const FAR = "198.51.100.7";
const MAY_SACK = [4, 2, 1, 1];

async function connected(options: readonly number[] = []) {
  const lab = bench();
  const guest = new Connection(lab, new MadeGuest(lab), FAR, 80);
  const answer = await guest.open(options);
  return { ...lab, guest, answer, stream: lab.world.streams[0]! };
}

test("answers a SYN when the world has accepted, and not before", async () => {
  const lab = bench();
  const guest = new Connection(lab, new MadeGuest(lab), FAR, 80);
  guest.say(SYN);
  assert.equal(await guest.hear(), []);
  assert.equal(lab.world.streams[0]?.to, { host: FAR, port: 80 });
  lab.world.streams[0]!.onconnect();
  assert.is((await guest.hear())[0]?.flags, SYN | ACK);
});

test("refuses where the world does", async () => {
  const lab = bench();
  lab.world.accept = (stream) => stream.onerror("ECONNREFUSED");
  const guest = new Connection(lab, new MadeGuest(lab), FAR, 80);
  guest.say(SYN);
  const [answer] = await guest.hear();
  assert.equal([answer?.flags, answer?.acknowledged], [RST | ACK, 1_001]);
  assert.equal(lab.gateway.tcp.list(), []);
});

test("says with ICMP that a host is not reached", async () => {
  const lab = bench();
  lab.world.accept = (stream) => stream.onerror("EHOSTUNREACH");
  new Connection(lab, new MadeGuest(lab), FAR, 80).say(SYN);
  const [answer] = await lab.take();
  assert.equal([answer?.protocol, answer?.data[0], answer?.data[1]], [1, 3, 1]);
});

test("hands data on in order, whatever order they come in", async () => {
  const { guest, stream } = await connected(MAY_SACK);
  const start = guest.sequence;
  for (const [at, text] of [
    [6, "ghi"],
    [3, "def"],
    [6, "GHI"],
    [0, "abc"],
  ] as const)
    guest.raw({ sequence: start + at, acknowledged: guest.acknowledged, flags: ACK, data: Buffer.from(text) });
  const answers = await guest.hear();
  assert.is(stream.text, "abcdefghi");
  assert.is(answers.at(-1)?.acknowledged, start + 9);
  assert.ok(
    answers.some(({ header, acknowledged }) => header > 20 && acknowledged === start),
    "the gap is told of",
  );
});

test("sends again what was lost, after three hints or after a time", async () => {
  const { guest, stream, clock } = await connected();
  for (let i = 0; i < 6; i++) stream.ondata(Buffer.alloc(536, 65 + i));
  const first = await guest.hear();
  assert.is(first.map(({ text }) => text[0]).join(""), "ABCDEF");
  for (let i = 0; i < 3; i++) guest.say(ACK);
  assert.is(
    (await guest.hear())
      .map(({ text }) => text[0])
      .join("")
      .slice(0, 1),
    "A",
  );
  clock.pass(2_000);
  assert.is((await guest.hear())[0]?.text[0], "A");
  guest.acknowledged = (guest.acknowledged + 6 * 536) >>> 0;
  guest.say(ACK);
  clock.pass(20_000);
  assert.equal(await guest.hear(), [], "all has arrived, and nothing is sent again");
});

test("sends no more than the window takes, and asks whether it has opened", async () => {
  const { guest, stream, clock } = await connected();
  guest.say(ACK, "", { window: 100 });
  stream.ondata(Buffer.alloc(1_000, 65));
  const first = await guest.hear();
  assert.is(
    first.reduce((sum, { text }) => sum + text.length, 0),
    100,
  );
  guest.acknowledged = (guest.acknowledged + 100) >>> 0;
  guest.say(ACK, "", { window: 0 });
  assert.equal(await guest.hear(), []);
  clock.pass(5_000);
  assert.ok((await guest.hear()).every(({ text }) => text.length === 1));
  guest.say(ACK, "", { window: 65_535 });
  guest.acknowledged = (guest.acknowledged + 1) >>> 0;
  guest.say(ACK, "", { window: 65_535 });
  clock.pass(5_000);
  assert.ok((await guest.hear()).reduce((sum, { text }) => sum + text.length, 0) >= 899);
});

test("keeps what the network has no room for, and loses none of it", async () => {
  const { guest, stream, gateway, clock } = await connected();
  let room = 2;
  const { onframe } = gateway;
  gateway.hasRoom = () => room > 0;
  gateway.onframe = (frame) => {
    room--;
    onframe(frame);
  };
  stream.ondata(Buffer.from("ABCDE".replace(/./g, (letter) => letter.repeat(536))));
  const heads = async () => (await guest.hear()).map(({ text }) => text[0]).join("");
  assert.is(await heads(), "AB");
  clock.pass(50);
  assert.is(await heads(), "", "there is still no room");
  room = 2;
  clock.pass(50);
  assert.is(await heads(), "CD", "without a word of the guest");
  room = 2;
  guest.acknowledged = (guest.acknowledged + 4 * 536) >>> 0;
  guest.say(ACK);
  assert.is(await heads(), "E");
});

test("each half ends by itself", async () => {
  const { guest, stream, gateway, clock } = await connected();
  guest.say(ACK | FIN, "last words");
  await guest.hear();
  assert.equal([stream.text, stream.isEnded], ["last words", true]);
  stream.ondata(Buffer.from("and an answer"));
  stream.onend();
  const answers = await guest.hear();
  assert.is(answers.map(({ text }) => text).join(""), "and an answer");
  assert.ok(answers.some(({ flags }) => (flags & FIN) !== 0));
  guest.acknowledged = (guest.acknowledged + 14) >>> 0;
  guest.say(ACK);
  await guest.hear();
  assert.is(gateway.tcp.list()[0]?.state, "waiting");
  guest.raw({ sequence: guest.sequence - 1, acknowledged: guest.acknowledged, flags: FIN | ACK });
  assert.is((await guest.hear())[0]?.acknowledged, guest.sequence, "a FIN that comes again is acknowledged again");
  clock.pass(5_000);
  assert.equal(gateway.tcp.list(), []);
});

test("is reset by the very next number, and by no other", async () => {
  const { guest, stream, gateway } = await connected();
  guest.raw({ sequence: guest.sequence + 100, flags: RST });
  assert.is((await guest.hear())[0]?.flags, ACK);
  guest.raw({ sequence: guest.sequence - 100, flags: RST });
  assert.equal(gateway.tcp.list().length, 1);
  guest.raw({ sequence: guest.sequence, flags: RST });
  assert.equal([gateway.tcp.list().length, stream.isDestroyed], [0, true]);
});

test("closes its window while the world does not read, and opens it again", async () => {
  const { guest, stream } = await connected();
  stream.queued = 1 << 20;
  guest.say(ACK, "x".repeat(1_000));
  const [answer] = await guest.hear();
  assert.ok(answer!.window <= 65_535 - 1_000);
  stream.queued = 0;
  stream.ondrain();
  guest.say(ACK, "y");
  assert.is((await guest.hear()).at(-1)?.window, 65_535);
});

test("reads no more from the world than it may keep", async () => {
  const { stream } = await connected();
  for (let i = 0; i < 40; i++) stream.ondata(Buffer.alloc(16_384));
  assert.is(stream.isPaused, true);
});

test("asks a silent guest whether it is there, and lets go of one that is not", async () => {
  const { guest, gateway, clock, stream } = await connected();
  clock.pass(310_000);
  const [probe] = await guest.hear();
  assert.equal([probe?.flags, probe?.sequence], [ACK, guest.acknowledged - 1]);
  guest.say(ACK);
  clock.pass(200_000);
  assert.is(gateway.tcp.list().length, 1);
  clock.pass(1_000_000);
  assert.equal([gateway.tcp.list().length, stream.isDestroyed], [0, true]);
});

test("answers what belongs to no connection with a reset", async () => {
  const lab = bench();
  const guest = new Connection(lab, new MadeGuest(lab), FAR, 80);
  guest.say(ACK, "stray", { acknowledged: 77 });
  const [answer] = await guest.hear();
  assert.equal([answer?.flags, answer?.sequence], [RST, 77]);
});

test("a forward reaches the guest, or ends where the guest refuses", async () => {
  const lab = bench();
  await lab.gateway.forwards.add(parseForward("tcp:2222:10.0.2.15:22"));
  const guest = new MadeGuest(lab);
  lab.gateway.send(guest.udp("10.0.2.15", 1, FAR, 1, new Uint8Array(1))[0]!); // so that it is known
  const stream = new MadeStream();
  lab.world.listeners.get(2222)!(stream);
  const [syn] = (await lab.take()).filter(({ protocol }) => protocol === 6);
  assert.is(syn?.from, "10.0.2.2");
  const port = (syn!.data[0]! << 8) | syn!.data[1]!;
  const sequence = new DataView(syn!.data.buffer).getUint32(4);
  const answer = new Connection(lab, guest, "10.0.2.2", port, 22);
  answer.acknowledged = sequence + 1;
  answer.say(RST | ACK);
  assert.is(stream.isDestroyed, true);
});

test.run();
