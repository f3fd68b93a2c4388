// The meeting place for browsers: who hears whom, and what strangers may not do there.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { WebSocketOptions } from "../../host-node/servers/websocket/options.js";
import { SIGNAL_PROTOCOL, signalling } from "../../host-node/servers/websocket/signalling.js";
import { inLab, type Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { type Caller, call, serve } from "./ws.js";

const test = suite("signalling");

interface Place {
  readonly enter: (room?: string) => Promise<Caller>;
}

async function open(lab: Lab, options: WebSocketOptions = {}): Promise<Place> {
  const { at } = await serve(lab, { ...options, handlers: { "/signal": signalling() } });
  return { enter: (room = "lab") => call(lab, at(`signal?room=${room}`), { protocols: [SIGNAL_PROTOCOL] }) };
}

function signal(caller: Caller, message: object): void {
  caller.ws.send(JSON.stringify(message));
}

function hears(caller: Caller, message: object): Promise<boolean> {
  return until(JSON.stringify(message), () => caller.texts.includes(JSON.stringify(message)));
}

test(
  "passes on to all in a room, to one, and to nobody elsewhere",
  inLab(async (lab) => {
    const { enter } = await open(lab);
    const [a, b, c, other] = [await enter(), await enter(), await enter(), await enter("other")];
    for (const [name, caller] of Object.entries({ a, b, c, other })) signal(caller, { from: name });
    await hears(a, { from: "c" });
    await hears(b, { from: "c" });
    signal(a, { from: "a", to: "b", description: { type: "offer", sdp: "" } });
    signal(a, { from: "a" });
    await hears(b, { from: "a", to: "b", description: { type: "offer", sdp: "" } });
    await hears(c, { from: "a" });
    assert.not(c.texts.some((text) => text.includes("offer")));
    assert.equal(other.texts, []);
  }),
);

test(
  "lets nobody speak for another, and nobody take a name that is taken",
  inLab(async (lab) => {
    const { enter } = await open(lab);
    const [a, b, c] = [await enter(), await enter(), await enter()];
    signal(a, { from: "a" });
    signal(b, { from: "b" });
    await hears(a, { from: "b" });
    signal(b, { from: "a", to: "a" });
    signal(c, { from: "a" });
    assert.equal(await b.ends(), { code: 1008, reason: "a member has one name" });
    assert.equal(await c.ends(), { code: 1008, reason: "somebody has that name" });
    assert.equal(a.texts, [JSON.stringify({ from: "b" })]);
  }),
);

const GARBAGE = ["", "{", "null", "[]", "7", '{"from":7}', '{"from":""}', `{"from":"${"x".repeat(65)}"}`];

test(
  "shows out who sends what is no signal, too long a one, or too many",
  inLab(async (lab) => {
    const { enter } = await open(lab);
    for (const text of GARBAGE) {
      const stranger = await enter();
      stranger.ws.send(text);
      assert.is((await stranger.ends()).code, 1008, text);
    }
    const [binary, long, often] = [await enter(), await enter(), await enter()];
    binary.ws.send(new Uint8Array(9));
    assert.is((await binary.ends()).code, 1008);
    long.ws.send("x".repeat(70_000));
    assert.is((await long.ends()).code, 1009);
    for (let i = 0; i < 20; i++) signal(often, { from: "o", candidate: "x".repeat(60_000) });
    assert.equal(await often.ends(), { code: 1008, reason: "too many messages" });
    const [a, b] = [await enter(), await enter()];
    signal(a, { from: "o" }); // the name is free again
    await until("a has its name", () => a.ws.readyState === a.ws.OPEN);
    signal(b, { from: "b" });
    await hears(a, { from: "b" });
  }),
);

test(
  "charges short messages, too, for what they cost",
  inLab(async (lab) => {
    const { enter } = await open(lab);
    const often = await enter();
    for (let i = 0; i < 3_000; i++) signal(often, { from: "o" });
    assert.equal(await often.ends(), { code: 1008, reason: "too many messages" });
  }),
);

test(
  "lets in so many of one address, and another when one of them goes",
  inLab(async (lab) => {
    const { enter } = await open(lab, { clientsPerAddress: 2 });
    const [one] = [await enter(), await enter("other")];
    await enter().then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /^429 2 clients come from this address already/),
    );
    one.ws.close();
    await until("one is gone", () => one.closed);
    await enter();
  }),
);

test.run();
