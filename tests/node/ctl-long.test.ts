// Long answers: whole however long they take, never cut without a word, and ended quietly with whoever reads them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { until } from "../interop/wait.js";
import { LOOM } from "./cli-bench.js";

const test = suite<{ folder: string }>("long answers");
const PROMPT = "\nvde$ ";

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "long-"));
});

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

/** A console that answers each command in a way of its own. */
async function consoleAt(path: string, answer: (socket: Socket, said: string) => Promise<void>): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(`VDE switch V.2.3.3\n(C) nobody\n${PROMPT}`);
    socket.on("data", (octets) => void answer(socket, octets.toString()));
  }).listen(path);
  await once(server, "listening");
  return server;
}

/** Runs a command line in a shell. */
async function shell(line: string, ...words: readonly string[]) {
  const child = spawn("bash", ["-c", line, "bash", ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let [said, complaints] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, said, complaints };
}

test("an answer that takes longer than a console may be silent is whole", async ({ folder }) => {
  const path = join(folder, "slow");
  const server = await consoleAt(path, async (socket) => {
    socket.write("0000 DATA END WITH '.'\n");
    for (let i = 0; i < 6; i++) {
      socket.write(`line ${i}\n`);
      await sleep(2_000);
    }
    socket.write(`.\n1000 Success\n${PROMPT}`);
  });
  const { code, said } = await shell('"$@"', ...LOOM, "ctl", "-s", path, "hash/print");
  server.close();
  assert.equal([code, said], [0, Array.from({ length: 6 }, (_, i) => `line ${i}\n`).join("")]);
});

test("an answer that is cut is a failure, and is said to be one", async ({ folder }) => {
  const path = join(folder, "cut");
  const server = await consoleAt(path, async (socket) => void socket.end("0000 DATA END WITH '.'\nline 0\n"));
  const { code, said, complaints } = await shell('"$@"', ...LOOM, "ctl", "-s", path, "hash/print");
  server.close();
  assert.equal([code, said], [255, "line 0\n"]);
  assert.match(complaints, /the console hung up: its list is cut/);
});

/** Endless, so that whoever stops to read is always too early. */
const endless = async (socket: Socket, said: string) => {
  if (said.startsWith("help")) return void socket.write(`1000 Success\n${PROMPT}`); // a terminal asks for it first
  socket.write("0000 DATA END WITH '.'\n");
  while (!socket.destroyed) {
    socket.write("line\n".repeat(2_000));
    await sleep(1);
  }
};

for (const tool of ["ctl", "term", "rawterm"])
  test(`a reader that has read enough ends loom ${tool} quietly, as SIGPIPE ends others`, async ({ folder }) => {
    const path = join(folder, "endless");
    const server = await consoleAt(path, endless);
    const words = tool === "ctl" ? ["-s", path, "hash/print"] : [path];
    const input = `{ echo hash/print; sleep 30; } | { "$@"; echo $? >${join(folder, "code")}; } | head -n 12 >/dev/null`;
    const line = tool === "ctl" ? input.slice(input.indexOf('{ "$@"')) : `${input}; kill $! 2>/dev/null`;
    const child = spawn("bash", ["-c", line, "bash", ...LOOM, tool, ...words], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    let complaints = "";
    child.stderr.on("data", (text: Buffer) => {
      complaints += text;
    });
    const code = join(folder, "code");
    await until("it has ended", () => existsSync(code) && readFileSync(code, "utf8") !== "");
    try {
      process.kill(-child.pid!, "SIGKILL"); // what feeds it
    } catch {
      // it has gone by itself
    }
    server.close();
    assert.equal([readFileSync(code, "utf8"), complaints], ["141\n", ""]);
  });

test("help that nobody reads to its end leaves no trace of itself", async () => {
  const { complaints } = await shell('"$@" | true', ...LOOM, "switch", "--help");
  assert.is(complaints, "");
  for (const words of [["--help"], ["switch", "--help"], ["plug", "--version"]]) {
    const full = await shell('"$@" >/dev/full', ...LOOM, ...words);
    assert.is(full.code, 1);
    assert.match(full.complaints, /^loom( switch| plug)?: standard output: .*no space left/);
  }
});

test.run();
