// The WebSocket server as its guests see it: each protocol that it speaks, and what becomes of who comes back.

import { createServer } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { QEMU_FRAMING, VDE_FRAMING, writeLength } from "../../host/framing.js";
import { serveWebSocket } from "../../host-node/servers/websocket/server.js";
import { plugLink } from "../../host-node/transports/plug-link.js";
import { dialWebSocket } from "../../host-node/transports/websocket.js";
import { linkSuite } from "../conformance/link.js";
import { frame } from "../frame.js";
import { inLab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { call, serve } from "./ws.js";

linkSuite({
  name: "ws:// by a switch",
  open: async (lab) => {
    const { sw, at } = await serve(lab, { limits: { macs: 0 } });
    sw.hub = true;
    return [await dialWebSocket(at()), await dialWebSocket(at())];
  },
  tellsOfClose: false,
  longest: 9_216,
}).run();

const test = suite("WebSocket server");

test(
  "gives an emulator's frames to the others, one a message, and none back to who sent it",
  inLab(async (lab) => {
    const { at } = await serve(lab);
    const [one, two, three] = [await call(lab, at()), await call(lab, at()), await call(lab, at())];
    one.say("a > *", "a > * /1514");
    await two.hears("a > * /1514");
    await three.hears("a > * /1514");
    two.say("b > a");
    await one.hears("b > a");
    assert.equal([one.heard, two.heard, three.heard], [["b > a"], ["a > *", "a > * /1514"], ["a > *", "a > * /1514"]]);
    assert.equal([one.ws.protocol, one.ws.extensions, one.texts], ["", "", []]);
  }),
);

for (const [protocol, framing] of [
  ["etherloom.1", VDE_FRAMING],
  ["binary", QEMU_FRAMING],
] as const)
  test(
    `speaks ${protocol} with one client while another has a frame a message`,
    inLab(async (lab) => {
      const { at } = await serve(lab);
      const framed = await call(lab, at(), { protocols: ["nonsense", protocol] });
      const raw = await call(lab, at());
      assert.is(framed.ws.protocol, protocol);
      const octets = new Uint8Array(2 * (framing.header + 60));
      for (const [i, text] of ["a > b", "a > *"].entries()) {
        writeLength(octets, i * (framing.header + 60), 60, framing);
        octets.set(frame(text), i * (framing.header + 60) + framing.header);
      }
      framed.ws.send(octets);
      await raw.hears("a > *");
      assert.equal(raw.heard, ["a > b", "a > *"]);
      const messages: Buffer[] = [];
      framed.ws.on("message", (data: Buffer) => messages.push(data));
      raw.say("b > a", "b > a /1000");
      const expected = new Uint8Array(2 * framing.header + 1060);
      for (const [at_, size] of [
        [0, 60],
        [framing.header + 60, 1000],
      ] as const) {
        writeLength(expected, at_, size, framing);
        expected.set(frame(`b > a /${size}`), at_ + framing.header);
      }
      await until("both frames", () => Buffer.concat(messages).length === expected.length);
      assert.ok(Buffer.concat(messages).equals(expected));
    }),
  );

test(
  "follows a stream of QEMU's over messages that are cut anywhere",
  inLab(async (lab) => {
    const { at } = await serve(lab);
    const [guest, other] = [await call(lab, at(), { protocols: ["binary"] }), await call(lab, at())];
    const octets = Buffer.concat([
      Buffer.from([0, 0, 0, 60]),
      frame("a > *"),
      Buffer.from([0, 0, 5, 234]),
      frame("a > * /1514"),
    ]);
    for (let i = 0; i < octets.length; i += 77) guest.ws.send(octets.subarray(i, i + 77));
    await other.hears("a > * /1514");
    assert.equal(other.heard, ["a > *", "a > * /1514"]);
  }),
);

test(
  "answers jor1k's ping, and no other text",
  inLab(async (lab) => {
    const { at, service } = await serve(lab);
    const [one, two] = [await call(lab, at()), await call(lab, at())];
    for (const text of ["ping:17", "hello", "ping:", `ping:${"x".repeat(1000)}`]) one.ws.send(text);
    one.say("a > *");
    await two.hears("a > *");
    assert.equal([one.texts, two.texts], [["pong:17", "pong:"], []]);
    assert.is(service.list()[0]!.client.unfit, 2);
  }),
);

test(
  "gives each client a port of its own, and takes it away when the client goes",
  inLab(async (lab) => {
    const { sw, service, at } = await serve(lab);
    const [one, two] = [await call(lab, at()), await call(lab, at())];
    const shown = sw.ports.list().map(({ id, endpoints }) => [id, endpoints[0]?.plug.module]);
    assert.equal(shown, [
      [1, "websocket"],
      [2, "websocket"],
    ]);
    assert.match(sw.ports.get(1).endpoints[0]!.description, /^ws 127\.0\.0\.1:\d+$/);
    one.ws.close();
    await until("one is gone", () => service.list().length === 1);
    assert.equal(
      sw.ports.list().map(({ id }) => id),
      [2],
    );
    sw.unplug(sw.ports.get(2).endpoints[0]!);
    assert.is((await two.ends()).code, 1001);
    assert.equal([service.list(), sw.ports.list()], [[], []]);
  }),
);

test(
  "shuts the old socket of a client that comes back with its address, and hears it at once",
  inLab(async (lab) => {
    const { at, service } = await serve(lab);
    const [old, other] = [await call(lab, at()), await call(lab, at())];
    old.say("a > *");
    await other.hears("a > *");
    const back = await call(lab, at());
    back.say("a > * /100");
    assert.equal(await old.ends(), { code: 4001, reason: "another connection has its address" });
    other.say("b > a");
    await back.hears("b > a");
    assert.equal(other.heard, ["a > *", "a > * /100"]);
    assert.is(service.list().length, 2);
    old.ws.terminate();
    other.say("b > a /200");
    await back.hears("b > a /200");
  }),
);

test(
  "does not take a stranger for a client that comes back",
  inLab(async (lab) => {
    const text = "token 0123456789abcdef\ntoken fedcba9876543210\n";
    const { readTokens } = await import("../../host-node/servers/websocket/tokens.js");
    const { at } = await serve(lab, { tokens: readTokens(text) });
    const [one, two] = [await call(lab, at("?token=0123456789abcdef")), await call(lab, at("?token=fedcba9876543210"))];
    one.say("a > *");
    await two.hears("a > *");
    two.say("a > * /100", "b > *");
    await one.hears("b > *");
    assert.is(one.closed, undefined);
  }),
);

test(
  "asks silent clients whether they live, and cuts off those that do not answer",
  inLab(async (lab) => {
    const { at, service } = await serve(lab, { idleMs: 100 });
    const [alive, dead] = [await call(lab, at()), await call(lab, at(), { autoPong: false })];
    await dead.ends();
    await until("it is out", () => service.list().length === 1);
    assert.is(alive.closed, undefined);
  }),
);

test(
  "shares a server of somebody else's, and leaves it as it was",
  inLab(async (lab) => {
    const pages = createServer((_request, response) => response.end("a page"));
    await new Promise<void>((done) => pages.listen(0, "127.0.0.1", done));
    lab.later(() => new Promise<void>((done) => void pages.close(() => done())));
    lab.later(() => pages.closeAllConnections());
    const { sw } = await serve(lab);
    const service = await serveWebSocket(sw, { server: pages, path: "/net" });
    const web = service.url.replace(/^ws/, "http");
    assert.is(await (await fetch(web)).text(), "a page");
    const [here, there] = [await call(lab, service.url), await call(lab, sw.webSockets!.url)];
    here.say("a > *");
    await there.hears("a > *");
    pages.on("upgrade", (_request, stream) => void stream.end("HTTP/1.1 418 I'm a teapot\r\n\r\n"));
    await call(lab, service.url.replace("/net", "/pot")).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /^418/),
    );
    assert.is(service.turnedAway, 0);
    await service.close();
    assert.is((await here.ends()).code, 1001);
    assert.is(await (await fetch(web)).text(), "a page");
    const late = call(lab, service.url);
    await late.then(
      () => assert.unreachable(),
      () => {},
    );
  }),
);

test(
  "joins two switches by a trunk that carries VLANs",
  inLab(async (lab) => {
    const [near, far] = [
      await serve(lab, { rooms: { named: { trunk: "trunk", lab: 7 } } }),
      await serve(lab, { rooms: { named: { lab: 7 } } }),
    ];
    const { port } = await plugLink(far.sw, near.at("room/trunk"), {});
    far.sw.vlans.setTrunk(port, true);
    const [one, two] = [await call(lab, near.at("room/lab")), await call(lab, far.at("room/lab"))];
    const bystander = await call(lab, far.at());
    one.say("a > *");
    await two.hears("a > *");
    two.say("b > a");
    await one.hears("b > a");
    assert.equal(bystander.heard, []);
  }),
);

test(
  "lets go of what it was given where it cannot listen",
  inLab(async (lab) => {
    const { sw, at } = await serve(lab);
    let closed = 0;
    const gateway = Object.assign(() => {}, { close: () => closed++ });
    const second = serveWebSocket(sw, { port: Number(new URL(at()).port), handlers: { "/gateway": gateway } });
    await second.then(
      () => assert.unreachable(),
      ({ code }) => assert.is(code, "EADDRINUSE"),
    );
    assert.is(closed, 1);
  }),
);

test.run();
