// Consoles of a switch that is short of descriptors: sessions give theirs back, and one that cannot be served ends alone.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Limited } from "./limited.js";

const test = suite<{ folder: string; mgmt: string; program: Limited }>("console sessions");
const SESSIONS = 600;
const PROMPT = "\nvde$ ";

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "sessions-"));
  context.mgmt = join(context.folder, "mgmt");
  const words = ["switch", "--nostdin", "--sock", join(context.folder, "ctl"), "--mgmt", context.mgmt];
  context.program = await new Limited(words, { descriptors: 200 }).has(context.mgmt);
  await session(context.mgmt, "\n"); // it listens
});

test.after.each(async ({ folder, program }) => {
  await program.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Says one thing, and leaves when it is answered. What it heard. */
async function session(
  path: string,
  text: string,
  leave: (socket: Socket) => void = (socket) => void socket.end(),
): Promise<string> {
  const socket = createConnection(path).setEncoding("utf8");
  let heard = "";
  let asked = false;
  socket.on("error", () => {});
  socket.on("data", (said: string) => {
    heard += said;
    if (!heard.endsWith(PROMPT)) return;
    if (asked) leave(socket);
    else socket.write(text);
    asked = true;
  });
  await once(socket, "close");
  return heard;
}

const ways: readonly (readonly [string, string, (socket: Socket) => void])[] = [
  ["ends in order", "port/showinfo\n", (socket) => void socket.end()],
  ["logs out", "port/showinfo\n", (socket) => void socket.write("logout\n")],
  ["is broken off", "port/showinfo\n", (socket) => void socket.destroy()],
  ["closes with its answer unread", "help\nhelp\n", (socket) => void socket.pause().destroy()],
];

for (const [how, text, leave] of ways)
  test(`more sessions than there are descriptors, and each gives its own back: one that ${how}`, async (context) => {
    const { mgmt, program } = context;
    const before = program.descriptors;
    for (let i = 0; i < SESSIONS; i++) assert.match(await session(mgmt, text, leave), /1000 Success/);
    await program.until(() => program.descriptors <= before, "closes what its sessions had");
  });

/** A console takes two: it may be the first or the second of them that is missing. */
for (const odd of [0, 1])
  test(`out of descriptors, the next console is turned away, and the switch goes on (${odd})`, async (context) => {
    const { mgmt, program, folder } = context;
    const hold = (path: string) =>
      createConnection(path)
        .on("error", () => {})
        .resume();
    const held = Array.from({ length: odd }, () => hold(join(folder, "ctl/ctl")));
    held.push(...Array.from({ length: 250 }, () => hold(mgmt)));
    await program.until(() => program.descriptors > 180, "has none left but those that are nobody's");
    for (const socket of held) socket.destroy();
    await program.until(() => program.descriptors < 100, "closes what they had");
    assert.match(await session(mgmt, "port/showinfo\n"), /1000 Success/);
    assert.is(await program.end(), 0);
  });

test.run();
