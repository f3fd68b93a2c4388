// Few descriptors, and guests and clients that want all of them: each has its share, and who manages the switch still can.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { freePort } from "../free-port.js";
import { until } from "../interop/wait.js";
import { Limited } from "./limited.js";

const test = suite<{ folder: string }>("shares of descriptors");
const LIMIT = 400;
const UDP = 2;
const THROTTLED = 0x49;

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "shares-"));
});

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a console answers. */
async function ask(path: string, command: string): Promise<string> {
  const socket = createConnection(path).setEncoding("utf8");
  socket.on("error", () => {});
  let heard = "";
  socket.on("data", (text: string) => {
    if (heard === "") socket.end(`${command}\n`);
    heard += text;
  });
  await once(socket, "close");
  return heard;
}

async function dialed(url: string): Promise<WebSocket> {
  const ws = new WebSocket(url);
  await once(ws, "open");
  return ws;
}

/** A stream of Wisp to a name or an address. */
function stream(number: number, type: number, host: string, port: number): Buffer {
  const octets = Buffer.alloc(8);
  octets[0] = 1;
  octets.writeUInt32LE(number, 1);
  octets[5] = type;
  octets.writeUInt16LE(port, 6);
  return Buffer.concat([octets, Buffer.from(host)]);
}

test("programs in pages leave descriptors to consoles, plugs and each other, and give theirs back", async ({
  folder,
}) => {
  const [mgmt, dir] = [join(folder, "mgmt"), join(folder, "sw")];
  const words = ["switch", "--nostdin", "--sock", dir, "--mgmt", mgmt, "--ws", "0"];
  const gateway = "--slirp=ports=4000/guestports=4000";
  const program = await new Limited([...words, gateway], { descriptors: LIMIT }).has(mgmt);
  let url = "";
  await until("it serves", async () => {
    [, url = ""] = /url=(\S+)/.exec(await ask(mgmt, "ws/showinfo")) ?? [];
    return url !== "";
  });
  const before = program.descriptors + 1; // the first datagram socket has an epoll set made, which stays
  const clients: WebSocket[] = [];
  const closed: number[] = [];
  for (let i = 0; i < 8; i++) {
    const ws = await dialed(`${url}wisp/`);
    ws.on("message", (data: Buffer) => {
      if (data[0] === 4) closed.push(data[5]!);
    });
    for (let number = 1; number <= 200; number++) ws.send(stream(number, UDP, "10.0.2.2", 9));
    clients.push(ws);
  }
  await until("some are refused", () => closed.length > 1_000);
  assert.ok(
    closed.every((why) => why === THROTTLED),
    closed.slice(0, 5).join(),
  );
  assert.ok(program.descriptors <= LIMIT - 128, `${program.descriptors} of ${LIMIT}`);
  assert.match(await ask(mgmt, "showinfo"), /1000 Success/);
  const plug = createConnection(join(dir, "ctl"));
  await once(plug, "connect");
  plug.destroy();
  (await dialed(url)).terminate();
  assert.match(await ask(mgmt, "resource/print descriptors"), /^ wisp \d+ refused=\d+ most=\d+ of 127\.0\.0\.1$/m);
  assert.is(program.said.match(/descriptors: wisp of 127\.0\.0\.1 refused/g)?.length, 1, program.said);
  for (const ws of clients) ws.terminate();
  await until("all are given back", () => program.descriptors <= before);
  assert.is(await program.end(), 0);
});

test("a gateway's limit holds for programs in pages, whatever number of connections they come by", async ({
  folder,
}) => {
  const mgmt = join(folder, "mgmt");
  const words = [
    "switch",
    "--nostdin",
    "--sock",
    join(folder, "sw"),
    "--mgmt",
    mgmt,
    "--ws",
    "0",
    "--slirp=guestports=30",
  ];
  const program = await new Limited(words).has(mgmt);
  let url = "";
  await until("it serves", async () => {
    [, url = ""] = /url=(\S+)/.exec(await ask(mgmt, "ws/showinfo")) ?? [];
    return url !== "";
  });
  const closed: number[] = [];
  const clients = await Promise.all(Array.from({ length: 3 }, () => dialed(`${url}wisp/`)));
  for (const ws of clients) {
    ws.on("message", (data: Buffer) => {
      if (data[0] === 4) closed.push(data[5]!);
    });
    for (let number = 1; number <= 20; number++) ws.send(stream(number, UDP, "10.0.2.2", 9));
  }
  await until("those beyond it are refused", () => closed.length === 30);
  assert.ok(closed.every((why) => why === THROTTLED));
  for (const ws of clients) ws.terminate();
  assert.is(await program.end(), 0);
});

test("guests share what the host has, and leave some to whoever manages it", async ({ folder }) => {
  const server = createServer((socket) => void socket.on("error", () => {})).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const path = new URL("gateway-program.js", import.meta.url).pathname;
  const limited = join(folder, "node");
  writeFileSync(limited, `#!/bin/sh\nulimit -n 400\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 });
  const child = fork(path, [String(port)], { execPath: limited });
  const [found] = (await once(child, "message")) as [Record<string, number> & { log: string[] }];
  server.close();
  const { first = 0, second = 0, third = 0, plugs = 0, consoles = 0, log } = found;
  assert.ok(first > 80 && second > 20 && third > 10, JSON.stringify(found));
  assert.ok(first > second && second > third, JSON.stringify(found));
  assert.ok(plugs >= 60 && consoles >= 120, JSON.stringify(found));
  assert.equal(log.length, 1, "the log says so once a minute");
});

test("consoles that read nothing, and strangers at the API, shut no manager out", async ({ folder }) => {
  const [mgmt, dir, tokens] = [join(folder, "mgmt"), join(folder, "sw"), join(folder, "tokens")];
  writeFileSync(tokens, "token 0123456789abcdef\n", { mode: 0o600 });
  const port = await freePort();
  const words = ["switch", "--nostdin", "--sock", dir, "--mgmt", mgmt, "--slirp", "--api", `${port}`];
  const program = await new Limited([...words, "--api-token-file", tokens], { descriptors: 128 }).has(mgmt);
  const connect = (to: string | number) => createConnection(to as never).on("error", () => {});
  const crowd = Array.from({ length: 100 }, () => connect(join(dir, "ctl")));
  for (let round = 0; round < 5; round++) {
    const readers = Array.from({ length: 60 }, () => connect(mgmt).pause());
    for (const socket of readers) socket.write("hash/print\n".repeat(50));
    const strangers = Array.from({ length: 60 }, () => connect(port));
    for (const socket of strangers) socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
    crowd.push(...readers, ...strangers);
    for (let i = 0; i < 5; i++) assert.match(await ask(mgmt, "showinfo"), /1000 Success/);
  }
  for (const socket of crowd) socket.destroy();
  assert.is(await program.end(), 0);
});

test.run();
