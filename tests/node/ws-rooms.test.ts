// Rooms and tokens: who gets into which network, and that nothing gets from one into another.

import { createHmac } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { signalling } from "../../host-node/servers/websocket/signalling.js";
import { readTokens, signToken } from "../../host-node/servers/websocket/tokens.js";
import { inLab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { refuses } from "../refusal.js";
import { call, serve } from "./ws.js";

const test = suite("WebSocket rooms");
const SECRET = "an old pond, a frog jumps in, and then";
const nowS = () => Math.floor(Date.now() / 1000);

async function refused(work: Promise<unknown>, pattern: RegExp): Promise<void> {
  await work.then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, pattern),
  );
}

test(
  "keeps every frame of a room in it, whatever tag it wears",
  inLab(async (lab) => {
    const { sw, at } = await serve(lab, { rooms: { named: { red: 10, blue: 20 }, range: [100, 110] } });
    const everywhere = ["", "room/red", "room/blue", "room/own"];
    const insiders = await Promise.all(everywhere.map((path) => call(lab, at(path))));
    const witnesses = await Promise.all(everywhere.map((path) => call(lab, at(path))));
    for (const [i, insider] of insiders.entries()) {
      const name = "abcd"[i]!;
      for (const vlan of [1, 10, 20, 100]) insider.say(`${name} > * #${vlan}`, `${name} > * #${vlan} #10`);
      insider.say(`${name} > *`);
    }
    for (const [i, witness] of witnesses.entries()) await witness.hears(`${"abcd"[i]} > *`);
    await until("every frame was looked at", () => {
      const counters = sw.ports.list().map(({ id }) => sw.counters(id));
      return (
        counters.reduce(
          (sum, { rxFrames, drops }) => sum + rxFrames + Object.values(drops).reduce((a, b) => a + b, 0),
          0,
        ) >= 36
      );
    });
    for (const [i, witness] of witnesses.entries()) {
      const strangers = witness.heard.filter((text) => !text.startsWith("abcd"[i]!));
      assert.equal(strangers, [], everywhere[i]);
    }
  }),
);

test(
  "makes rooms of a range as they are asked for, no more than there are, and unmakes them",
  inLab(async (lab) => {
    const { sw, at, service } = await serve(lab, { rooms: { named: { red: 100 }, range: [100, 102] } });
    sw.vlans.create(101);
    const [one] = [await call(lab, at("room/first")), await call(lab, at("room/first"))];
    assert.equal([...sw.vlans.list()], [0, 101, 102]);
    const late = await call(lab, at("room/second"));
    assert.equal(await late.ends(), {
      code: 1013,
      reason: "No space left on device: all rooms are taken: VLANs 100 to 102",
    });
    for (const { endpoint } of service.list()) service.drop(endpoint.port);
    assert.is((await one!.ends()).code, 1008);
    assert.equal([...sw.vlans.list()], [0, 101]);
    (await call(lab, at("room/second"))).say("a > *");
    assert.equal([...sw.vlans.list()], [0, 101, 102]);
  }),
);

test(
  "has rooms of any name, those too that every object has something under",
  inLab(async (lab) => {
    const { at, service } = await serve(lab, { rooms: { named: {}, range: [100, 110] } });
    for (const name of ["constructor", "__proto__", "toString"]) {
      const [one, two] = [await call(lab, at(`room/${name}`)), await call(lab, at(`room/${name}`))];
      one.say("a > *");
      await two.hears("a > *");
    }
    assert.equal(
      service.list().map(({ room }) => room.place),
      [100, 100, 101, 101, 102, 102],
    );
  }),
);

test(
  "limits the addresses of a client, and not those behind a trunk",
  inLab(async (lab) => {
    const { at, service } = await serve(lab, { rooms: { named: { all: "trunk" } }, limits: { macs: 2 } });
    for (const path of ["", "room/all"]) {
      const client = await call(lab, at(path));
      for (const name of "abcd") client.say(`${name} > *`);
    }
    const of = () => service.list().map(({ client }) => [client.frames, client.refused.macs]);
    await until(
      "all are counted",
      () =>
        of()
          .flat()
          .reduce((sum, count) => sum + count, 0) === 8,
    );
    assert.equal(of(), [
      [2, 2],
      [4, 0],
    ]);
  }),
);

test(
  "lets no plug have a port that was a room's",
  inLab(async (lab) => {
    const { sw, at, service } = await serve(lab, { rooms: { named: { red: 10 } } });
    const guest = await call(lab, at("room/red"));
    guest.ws.close();
    await until("it is gone", () => service.list().length === 0);
    const port = sw.ports.allocate(undefined, { uid: 1000, inGroup: () => false });
    assert.equal([port.id, sw.vlans.pvid(port.id)], [1, 0]);
  }),
);

test(
  "has no room that nobody named, no more clients than a room has places, no more than there are ports",
  inLab(async (lab) => {
    const { sw, at } = await serve(lab, { rooms: { named: { red: 10 }, clients: 2 } });
    for (const path of ["room/blue", "room/", "room/a/b", "rooms/red"]) await refused(call(lab, at(path)), /^404 /);
    for (let i = 0; i < 2; i++) await call(lab, at("room/red"));
    assert.match((await (await call(lab, at("room/red"))).ends()).reason, /room red is full: 2 are in it/);
    await until("the third is out", () => sw.ports.list().length === 2);
    sw.ports.count = 2;
    assert.match((await (await call(lab, at())).ends()).reason, /all 2 ports are taken/);
  }),
);

test(
  "opens a room to whoever has its token, and no other",
  inLab(async (lab) => {
    const tokens = readTokens(
      `token red-and-only-red red # a room of its own\n\ntoken all-doors-are-open\nsecret ${SECRET.replaceAll(" ", "-")}`,
    );
    const { at } = await serve(lab, { tokens, rooms: { named: { red: 10, blue: 20 } } });
    const secret = SECRET.replaceAll(" ", "-");
    const inAMinute = nowS() + 60;
    const signed = signToken(secret, "blue", inAMinute);
    for (const path of [
      "room/red?token=red-and-only-red",
      "room/blue?token=all-doors-are-open",
      "?token=all-doors-are-open",
      `room/blue?token=${signed}`,
    ])
      await call(lab, at(path));
    await refused(call(lab, at("room/red")), /^401 a token is wanted: \?token=TOKEN$/);
    const wrong = [
      "room/blue?token=red-and-only-red",
      "?token=red-and-only-red",
      `room/red?token=${signed}`,
      `room/blue?token=${signToken(secret, "blue", nowS() - 1)}`,
      `room/blue?token=${signed.replace(/^\d+/, String(inAMinute + 1))}`,
      "room/blue?token=",
    ];
    for (const path of wrong) await refused(call(lab, at(path)), /^401 this token does not open this room$/);
  }),
);

test(
  "shows out who came by a token, from the switch and from what else is there, when its time is over",
  inLab(async (lab) => {
    const secret = SECRET.replaceAll(" ", "-");
    const tokens = readTokens(`secret ${secret}`);
    const { at, service } = await serve(lab, { tokens, handlers: { "/signal": signalling() } });
    const enter = (forS: number, room: string) =>
      call(lab, at(`${room.slice(1)}?token=${signToken(secret, room, nowS() + forS)}`));
    const [brief, long] = [await enter(4, ""), await enter(3_600, "")];
    const [caller, patient] = [await enter(4, "/signal"), await enter(3_600, "/signal")];
    assert.equal(await brief.ends(), { code: 1008, reason: "the token's time is over" });
    await caller.ends();
    assert.is(service.list().length, 1);
    for (const { ws } of [long, patient]) assert.is(ws.readyState, ws.OPEN);
  }),
);

test(
  "tells an address that guesses to wait, and lets in whoever has a right token, from there and from elsewhere",
  inLab(async (lab) => {
    const { at } = await serve(lab, { tokens: readTokens("token 0123456789abcdef"), isBehindProxy: true });
    const from = (address: string) => ({ headers: { "x-forwarded-for": `10.0.0.1, ${address}` } });
    for (let i = 0; i < 10; i++) await refused(call(lab, at(`?token=${i}`), from("2001:db8::1")), /^401/);
    for (const address of ["2001:db8::1", "2001:db8:0:0:ffff::2"])
      await refused(call(lab, at("?token=another"), from(address)), /^429 too many wrong tokens/);
    await refused(call(lab, at("?token=another"), from("2001:db8:1::1")), /^401/);
    for (const address of ["2001:db8::1", "2001:db8:1::1", "192.0.2.1"])
      await call(lab, at("?token=0123456789abcdef"), from(address));
  }),
);

test("signs as openssl and any other HMAC does", () => {
  const expected = createHmac("sha256", SECRET).update("lab.1790000000").digest("base64url");
  assert.is(signToken(SECRET, "lab", 1790000000), `1790000000.${expected}`);
});

for (const [text, what] of [
  ["", "nothing"],
  ["# only a comment", "only a comment"],
  ["token short", "a token that is guessed"],
  ["secret 0123456789abcdef", "a secret that is guessed"],
  ["tokn 0123456789abcdef", "a word that is none"],
  ["token 0123456789abcdef red blue", "a word too many"],
] as const)
  test(`refuses a file of tokens with ${what}`, () => refuses("EINVAL", () => readTokens(text)));

test.run();
