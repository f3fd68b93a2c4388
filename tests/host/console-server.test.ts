// The management socket, and standard input: real sockets and files, one made-up switch.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  linkSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { serveConsole, stdinConsole } from "../../host-node/servers/console.js";
import { consoleBench } from "./console-bench.js";

const test = suite<{ folder: string; path: string }>("console server");
const PROMPT = "\nvde$ ";
const SHOWN = `0000 DATA END WITH '.'\nNumports=32\nHUB=false\ncounters=true\n.\n1000 Success\n${PROMPT}`;

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "console-"));
  context.path = join(context.folder, "mgmt");
});

const clients = new Set<Client>();

test.after.each(({ folder }) => {
  for (const { socket } of clients) socket.destroy();
  clients.clear();
  rmSync(folder, { recursive: true });
});

/** A client that keeps what it hears. */
class Client {
  readonly socket: Socket;
  heard = "";

  constructor(path: string) {
    clients.add(this);
    this.socket = createConnection({ path, allowHalfOpen: true }).setEncoding("utf8");
    this.socket.on("data", (text: string) => {
      this.heard += text;
    });
  }

  /** Waits until what was heard ends so, and returns it. */
  async hears(end: string): Promise<string> {
    while (!this.heard.endsWith(end)) {
      assert.not(this.socket.readableEnded, `the session goes on: ${this.heard}`);
      await Promise.race([once(this.socket, "data"), once(this.socket, "end")]);
    }
    const { heard } = this;
    this.heard = "";
    return heard;
  }

  async ask(text: string): Promise<string> {
    this.socket.write(text);
    return this.hears(PROMPT);
  }

  async ended(): Promise<string> {
    if (!this.socket.readableEnded) await once(this.socket, "end");
    this.socket.destroy();
    return this.heard;
  }
}

async function greeted(path: string): Promise<Client> {
  const client = new Client(path);
  await client.hears(PROMPT);
  return client;
}

test("serves many managers at once, with and without newlines", async ({ path }) => {
  const server = await serveConsole(consoleBench().console, { path });
  const managers = await Promise.all(Array.from({ length: 40 }, () => greeted(path)));
  const answers = await Promise.all(managers.map((client, i) => client.ask(`port/showinfo${i % 2 ? "" : "\n"}`)));
  assert.ok(answers.every((answer) => answer === SHOWN));
  await server.close();
  await Promise.all(managers.map((client) => client.ended()));
});

test("lets one manager more in, in place of the one that has been idle longest", async ({ path }) => {
  const server = await serveConsole(consoleBench().console, { path });
  const managers = await Promise.all(Array.from({ length: 256 }, () => greeted(path)));
  for (const manager of managers.slice(0, 9)) await manager.ask("port/showinfo\n");
  for (const manager of managers.slice(10)) await manager.ask("port/showinfo\n");
  const newcomer = await greeted(path);
  assert.match(await managers[9]!.ended(), /^1024 Too many open files: 256 consoles are open/);
  for (const manager of [newcomer, managers[1]!]) assert.is(await manager.ask("port/showinfo\n"), SHOWN);
  await server.close();
});

test("who comes in a crowd has a moment to say what it came for", async ({ path }) => {
  const server = await serveConsole(consoleBench().console, { path });
  const crowd = (count: number) => Array.from({ length: count }, () => new Client(path));
  crowd(100);
  const manager = new Client(path);
  crowd(380);
  await manager.hears(PROMPT);
  await sleep(20);
  assert.is(await manager.ask("port/showinfo\n"), SHOWN);
  await server.close();
});

test("a manager that reads what it is told is not idle", async ({ path }) => {
  const { console, sw } = consoleBench();
  const server = await serveConsole(console, { path });
  const listener = await greeted(path);
  await listener.ask("debug/add port\n");
  const managers = await Promise.all(Array.from({ length: 255 }, () => greeted(path)));
  sw.ports.create(9);
  await listener.hears("\n");
  await greeted(path);
  assert.match(await managers[0]!.ended(), /^1024 /);
  await server.close();
});

test("many lines in pieces of any size are whole commands", async ({ path }) => {
  const { console, sw } = consoleBench();
  const server = await serveConsole(console, { path });
  const client = await greeted(path);
  const lines = Array.from({ length: 4000 }, (_, i) => `vlan/create ${i + 1}\n`).join("");
  for (let at = 0; at < lines.length; at += 8191) client.socket.write(lines.slice(at, at + 8191));
  client.socket.end();
  await client.ended();
  assert.is([...sw.vlans.list()].length, 4001);
  await server.close();
});

test("answers what was sent before the client said that it is done", async ({ path }) => {
  const server = await serveConsole(consoleBench().console, { path });
  const client = await greeted(path);
  client.socket.end("port/showinfo\nport/showinfo");
  assert.is(await client.ended(), SHOWN + SHOWN);
  await server.close();
});

test("a manager that does not read holds up nobody, and gets every answer when it does", async ({ path }) => {
  const { console, sw } = consoleBench();
  const server = await serveConsole(console, { path });
  const lazy = await greeted(path);
  lazy.socket.pause();
  lazy.socket.write("help\n".repeat(3000));
  const busy = await greeted(path);
  for (let i = 0; i < 50; i++) assert.is(await busy.ask("port/showinfo\n"), SHOWN);
  lazy.socket.resume();
  lazy.socket.end("vlan/create 7\n");
  const heard = await lazy.ended();
  assert.is(heard.split(PROMPT).length - 1, 3001);
  assert.ok(sw.vlans.has(7));
  await server.close();
});

for (const [what, give] of [
  ["a script that", (lines: string[]) => ({ scripts: { rc: lines.join("\n") }, say: "load rc\n" })],
  ["commands that", (lines: string[]) => ({ scripts: {}, say: `${lines.join("\n")}\n` })],
] as const)
  test(`${what} a manager has left behind let others have their turn`, async ({ path }) => {
    const { scripts, say } = give([...Array<string>(5_000).fill("# one of many"), "vlan/create 7"]);
    const { console, sw } = consoleBench({ scripts });
    const server = await serveConsole(console, { path });
    const other = await greeted(path);
    const gone = await greeted(path);
    gone.socket.write(say, () => gone.socket.destroy());
    let turns = 0;
    for (; !sw.vlans.has(7); turns++) assert.is(await other.ask("port/showinfo\n"), SHOWN);
    assert.ok(turns > 10, `${turns} turns`);
    await server.close();
  });

test("a manager that is cut off leaves nothing behind", async ({ path }) => {
  const { console, sw } = consoleBench();
  const server = await serveConsole(console, { path });
  const client = await greeted(path);
  await client.ask("debug/add\n");
  client.socket.pause();
  client.socket.write("help\n".repeat(3000));
  const other = await greeted(path);
  await other.ask("port/showinfo\n");
  client.socket.destroy();
  while (sw.events.watched("port/+")) await other.ask("port/showinfo\n");
  await server.close();
});

test("only who may connect finds the socket open, from the first moment", async ({ path }) => {
  const umask = process.umask(0);
  const server = await serveConsole(consoleBench().console, { path });
  assert.is(statSync(path).mode & 0o777, 0o600);
  await server.close();
  const open = await serveConsole(consoleBench().console, { path, mode: 0o660, group: process.getgid?.() });
  assert.is(statSync(path).mode & 0o777, 0o660);
  await open.close();
  process.umask(umask);
  assert.is(lstatSync(path, { throwIfNoEntry: false }), undefined);
});

test("takes the place of a switch that is gone, and not of one that lives", async ({ path }) => {
  const first = await serveConsole(consoleBench().console, { path });
  const second = await serveConsole(consoleBench().console, { path }).catch((error) => error);
  assert.is(second.message, `Address already in use: another program has its console at ${path}`);
  const client = await greeted(path);
  assert.is(await client.ask("port/showinfo"), SHOWN);
  await first.close();
  await leaveSocketBehind(path);
  const third = await serveConsole(consoleBench().console, { path });
  await greeted(path);
  await third.close();
});

/** A socket that nobody listens at, as a killed switch leaves it. */
async function leaveSocketBehind(path: string): Promise<void> {
  const server = createServer().listen(path);
  await once(server, "listening");
  linkSync(path, `${path}.kept`);
  server.close();
  await once(server, "close");
  renameSync(`${path}.kept`, path);
}

test("leaves alone what is no socket", async ({ path, folder }) => {
  writeFileSync(path, "precious");
  const refused = await serveConsole(consoleBench().console, { path }).catch((error) => error);
  assert.is(refused.code, "EEXIST");
  assert.match(refused.message, /is not a socket/);
  const link = join(folder, "link");
  symlinkSync(path, link);
  assert.is((await serveConsole(consoleBench().console, { path: link }).catch((error) => error)).code, "EEXIST");
  assert.is(readFileSync(path, "utf8"), "precious");
  assert.ok(lstatSync(link).isSymbolicLink());
});

test("closing removes its own socket, and not what has taken its place", async ({ path }) => {
  const server = await serveConsole(consoleBench().console, { path });
  rmSync(path);
  writeFileSync(path, "another's");
  await server.close();
  assert.is(readFileSync(path, "utf8"), "another's");
});

test("says where it cannot be", async ({ folder }) => {
  const missing = await serveConsole(consoleBench().console, { path: join(folder, "no/mgmt") }).catch((error) => error);
  assert.match(missing.message, /no\/mgmt.*No such file or directory|no\/mgmt: no such file or directory/i);
  const long = await serveConsole(consoleBench().console, { path: join(folder, "x".repeat(120)) }).catch((e) => e);
  assert.match(long.message, /name too long/i);
});

test("standard input is a console that ends with its input", async () => {
  const { console, sw } = consoleBench();
  const [input, output] = [new PassThrough(), new PassThrough().setEncoding("utf8")];
  const prompts: string[] = [];
  const prompt = (text: string) => void prompts.push(text);
  const ended = new Promise<void>((onend) => stdinConsole(console, { onend, input, output, prompt }));
  input.write("port/showinfo\nlogout\n\nvlan/create");
  input.end(" 7");
  await ended;
  assert.is(output.read(), `${SHOWN.replace(PROMPT, "")}1000 Success\n`);
  assert.equal(prompts, [PROMPT, PROMPT, PROMPT]);
  assert.ok(sw.vlans.has(7));
});

test("runs what was sent by a client that has gone already", async ({ path }) => {
  const { console, sw } = consoleBench();
  const server = await serveConsole(console, { path });
  const client = 'const s = require("net").connect(process.argv[1], () => s.write("port/create 7", () => s.destroy()))';
  spawnSync(process.execPath, ["-e", client, path]); // nothing is accepted before it has ended
  while (!sw.ports.has(7)) await new Promise((done) => setTimeout(done, 1));
  await server.close();
});

test.run();
