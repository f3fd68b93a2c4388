// Streams of a gateway to addresses of this machine: they are connected, or say why not, and can be given up at any time.

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DialedStream } from "../../host-node/gateway/dial.js";
import { until } from "../interop/wait.js";

const test = suite("gateway dial");

/** Serves on a loopback while `use` is. */
async function serving(host: string, serve: (socket: Socket) => void, use: (port: number) => Promise<void>) {
  const server: Server = createServer({ allowHalfOpen: true }, serve);
  server.on("connection", (socket) => socket.on("error", () => {})); // of those that are given up
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A stream, and what it says in turn. */
function dialed(host: string, port: number): { stream: DialedStream; said: string[] } {
  const stream = new DialedStream(host, port);
  const said: string[] = [];
  stream.onconnect = () => void said.push("connected");
  stream.ondata = (octets) => void said.push(Buffer.from(octets).toString());
  stream.onend = () => void said.push("end");
  stream.onerror = (code) => void said.push(code);
  return { stream, said };
}

for (const host of ["127.0.0.1", "::1"]) {
  test(`carries data both ways, and ends one at a time, at ${host}`, async () => {
    const echo = (socket: Socket) => {
      socket.on("data", (octets) => socket.write(String(octets).toUpperCase()));
      socket.on("end", () => socket.end(" over"));
    };
    await serving(host, echo, async (port) => {
      const { stream, said } = dialed(host, port);
      assert.equal(said, [], "whoever made it listens first");
      await until("it is connected", () => said.length > 0);
      stream.write(Buffer.from("words"));
      stream.end();
      await until("the end", () => said.includes("end"));
      assert.equal([said[0], said.slice(1, -1).join(""), said.at(-1)], ["connected", "WORDS over", "end"]);
      assert.is(stream.queued, 0);
      stream.destroy();
    });
  });
}

test("hears what is said first, and is reset when it is given up", async () => {
  const ends: string[] = [];
  const greet = (socket: Socket) => {
    socket.write("welcome");
    socket.on("error", (error: NodeJS.ErrnoException) => void ends.push(error.code ?? ""));
  };
  await serving("127.0.0.1", greet, async (port) => {
    const { stream, said } = dialed("127.0.0.1", port);
    await until("the greeting", () => said.includes("welcome"));
    stream.destroy();
    await until("the reset", () => ends.length > 0);
    assert.equal([ends, said], [["ECONNRESET"], ["connected", "welcome"]]);
  });
});

test("says why it is not connected", async () => {
  let closed = 0;
  await serving(
    "127.0.0.1",
    () => {},
    async (port) => {
      closed = port;
    },
  );
  const refused = dialed("127.0.0.1", closed);
  const forbidden = dialed("255.255.255.255", 9);
  await until("both", () => refused.said.length > 0 && forbidden.said.length > 0);
  assert.equal([refused.said, forbidden.said.length], [["ECONNREFUSED"], 1]);
  assert.match(forbidden.said[0]!, /^E[A-Z]+$/);
  for (const { stream } of [refused, forbidden]) stream.destroy();
});

test("says nothing after it was given up, connected or not", async () => {
  await serving(
    "127.0.0.1",
    () => {},
    async (port) => {
      const { stream, said } = dialed("127.0.0.1", port);
      stream.destroy();
      stream.destroy();
      const later = dialed("127.0.0.1", port);
      await until("another", () => later.said.length > 0);
      later.stream.destroy();
      assert.equal([said, later.said], [[], ["connected"]]);
    },
  );
});

test("keeps what it is told while it connects", async () => {
  let heard = "";
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {}); // of those that are given up
    socket.on("data", (octets) => {
      heard += String(octets);
    });
    socket.on("end", () => socket.end("over"));
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, resolve));
  const { port } = server.address() as AddressInfo;
  const before = [dialed("127.0.0.1", port), dialed("127.0.0.1", port)]; // as many as it has room for in one turn
  const { stream, said } = dialed("127.0.0.1", port);
  stream.pause();
  stream.write(Buffer.from("early "));
  stream.write(Buffer.from("words"));
  assert.ok(stream.queued >= 11);
  stream.end();
  stream.resume();
  await until("the answer", () => said.includes("end"));
  assert.equal([heard, said], ["early words", ["connected", "over", "end"]]);
  for (const each of [...before, { stream }]) each.stream.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test("counts what octets cost that come one by one, and the far end does not read", async () => {
  const sockets: Socket[] = [];
  const deaf = (socket: Socket) => void sockets.push(socket.pause());
  await serving("127.0.0.1", deaf, async (port) => {
    const { stream, said } = dialed("127.0.0.1", port);
    await until("it is connected", () => said.length > 0);
    stream.write(Buffer.alloc(1 << 24));
    const before = stream.queued;
    for (let i = 0; i < 1_000; i++) stream.write(Uint8Array.of(i));
    assert.ok(stream.queued - before >= 100_000, `${stream.queued - before}`);
    stream.destroy();
    for (const socket of sockets) socket.destroy();
  });
});

test("waits for an answer that takes its time, and closes what is given up meanwhile", async () => {
  const { stream, said } = dialed("192.0.2.1", 9); // nobody's: silent, or refused by a router
  stream.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(
    said.filter((word) => word === "connected"),
    [],
  );
});

test.run();
