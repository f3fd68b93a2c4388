// Wisp: programs in pages reach where guests of the gateway may go, and nowhere else; and none of them holds up the server.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { standsStill, until } from "../interop/wait.js";
import { GATEWAY, header, listening, open } from "./wisp-program.js";

const test = suite("wisp");

test(
  "a stream carries both ways what was written from the first moment on, and credit comes back",
  inLab(async (lab) => {
    const port = await listening(
      lab,
      createServer((socket) => socket.pipe(socket)),
    );
    const program = await open(lab);
    await until("the first credit", () => program.of(3, 0)[0]?.readUInt32LE(5));
    program.connect(7, GATEWAY, port);
    const sent = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i * 7));
    for (let at = 0; at < sent.length; at += 4000) program.write(7, sent.subarray(at, at + 4000));
    await until("all of it comes back", () => program.heard(7).length === sent.length);
    assert.ok(program.heard(7).equals(sent));
    await until("credit", () => program.of(3, 7).length > 0);
    program.ws.send(Buffer.concat([header(4, 7), Buffer.from([2])]));
    program.connect(7, GATEWAY, port); // its number is free again
    program.write(7, Buffer.from("again"));
    await until("the new one answers", () => program.heard(7).length === sent.length + 5);
  }),
);

test(
  "datagrams go and come",
  inLab(async (lab) => {
    const echo = createSocket("udp4");
    echo.on("message", (octets, { address, port }) => echo.send(octets, port, address));
    echo.bind(0, "127.0.0.1");
    await once(echo, "listening");
    lab.later(() => void echo.close());
    const program = await open(lab);
    program.connect(1, GATEWAY, echo.address().port, 2);
    program.write(1, Buffer.from("one"));
    await until("the answer", () => program.heard(1).toString() === "one");
  }),
);

test(
  "it says why a stream ends",
  inLab(async (lab) => {
    const gone = createServer();
    const free = await listening(lab, gone);
    gone.close();
    const shut = await listening(
      lab,
      createServer((socket) => socket.end("bye")),
    );
    const program = await open(lab);
    for (const [stream, host, port, why] of [
      [1, "localhost", shut, 0x48],
      [2, "127.0.0.1", shut, 0x48],
      [3, "::1", shut, 0x48],
      [4, "::ffff:127.0.0.1", shut, 0x48],
      [5, "no-such-host.invalid", 80, 0x42],
      [6, GATEWAY, free, 0x44],
      [7, GATEWAY, 0, 0x41],
      [8, GATEWAY, shut, 0x02],
      [9, "a\0b", 80, 0x42],
    ] as const) {
      program.connect(stream, host, port);
      assert.is(await program.ends(stream), why, host);
    }
    assert.is(program.heard(8).toString(), "bye");
  }),
);

test(
  "what the gateway's guests may not, a program may not",
  inLab(async (lab) => {
    const port = await listening(
      lab,
      createServer((socket) => socket.end("bye")),
    );
    const program = await open(lab, "/disable_host_loopback");
    program.connect(1, GATEWAY, port);
    assert.is(await program.ends(1), 0x48);
  }),
);

test(
  "a program that does not read makes its sources wait, and memory is bounded",
  inLab(async (lab) => {
    let written = 0;
    const chunk = Buffer.alloc(1 << 16);
    const source = createServer((socket) => {
      const pour = () => {
        while (written < 1 << 28 && socket.write(chunk)) written += chunk.length;
      };
      socket.on("drain", pour);
      pour();
    });
    const port = await listening(lab, source);
    const program = await open(lab);
    program.ws.pause();
    program.connect(1, GATEWAY, port);
    const before = await standsStill("the source waits", () => written);
    assert.ok(written < 1 << 26, `${written}`);
    program.ws.resume();
    await until("it goes on", () => written > before);
    program.ws.terminate();
  }),
);

for (const [what, data] of [
  ["an empty message", Buffer.alloc(0)],
  ["a text", "hello"],
  ["a type that is none", header(9, 1)],
  ["a stream of no type", Buffer.concat([header(1, 1), Buffer.from([3, 80, 0]), Buffer.from("host")])],
  ["a host without end", Buffer.concat([header(1, 1), Buffer.from([1, 80, 0]), Buffer.alloc(5000, 97)])],
] as const) {
  test(
    `${what} ends the connection`,
    inLab(async (lab) => {
      const program = await open(lab);
      program.ws.send(data);
      assert.is(await until("it is closed", () => program.closed), 1002);
    }),
  );
}

test(
  "a program that writes more than anybody takes waits, and is heard on when that is settled",
  inLab(async (lab) => {
    const port = await listening(
      lab,
      createServer((socket) => socket.pipe(socket)),
    );
    const program = await open(lab);
    program.connect(1, "localhost", port); // which it may not
    for (let i = 0; i < 100; i++) program.write(1, Buffer.alloc(30_000));
    assert.is(await program.ends(1), 0x48);
    program.connect(2, GATEWAY, port);
    program.write(2, Buffer.from("here"));
    await until("the answer", () => program.heard(2).toString() === "here");
  }),
);

test(
  "there are so many streams and no more",
  inLab(async (lab) => {
    const port = await listening(lab, createServer());
    const program = await open(lab);
    for (let stream = 1; stream <= 257; stream++) program.connect(stream, GATEWAY, port);
    assert.is(await program.ends(257), 0x49);
    assert.equal(program.of(4, 256), []);
    program.ws.terminate();
  }),
);

test(
  "connections that a program has closed and the world has not count, too",
  inLab(async (lab) => {
    const sockets: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => void sockets.push(socket));
    const port = await listening(lab, server);
    lab.later(() => {
      for (const socket of sockets) socket.destroy();
    });
    const program = await open(lab);
    for (let stream = 1; stream <= 256; stream++) program.connect(stream, GATEWAY, port);
    await until("all are there", () => sockets.length === 256);
    for (let stream = 1; stream <= 256; stream++) program.ws.send(Buffer.concat([header(4, stream), Buffer.from([2])]));
    program.connect(1_000, GATEWAY, port);
    assert.is(await program.ends(1_000), 0x49);
    for (const socket of sockets) socket.end();
    let stream = 2_000;
    await until("there is room again", async () => {
      program.connect(stream++, GATEWAY, port);
      await new Promise((done) => setTimeout(done, 50));
      return sockets.length > 256;
    });
    program.ws.terminate();
  }),
);

test.run();
