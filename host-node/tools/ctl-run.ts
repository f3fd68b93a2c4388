// One command to a console: by VDE's own protocol, or by a program that says what to wait for and what to send.

import type { Socket } from "node:net";
import { ConsoleReader, NOT_FOUND } from "../../host/manager/client.js";
import type { Answer } from "../../host/manager/conversation.js";
import { type Machine, type Outside, readMachine, runMachine } from "../../host/manager/machine.js";
import { endWithReader } from "../cli/broken-pipe.js";
import { Failure, type Run } from "../cli/tool.js";
import { readNamedFile } from "../named-file.js";
import { connectConsole, NO_CONSOLE } from "../transports/console.js";
import type { CtlSettings } from "./ctl.js";

/** A console that says nothing for so long does not answer; how long the whole of an answer takes is its own affair. */
const SILENT_MS = 10_000;
/** For so long it is asked what it knows, where a command was none. */
const HINT_MS = 1_000;
/** Of a command that says nothing of how it ended. */
const NO_RESULT: Result = { code: 0, text: "" };

export async function runCtl(settings: CtlSettings, words: readonly string[], run: Run): Promise<void> {
  endWithReader(run.program);
  const machine = settings.rcfile === undefined ? undefined : await program(settings.rcfile, run);
  const path = settings.sock ?? `/var/run/${run.program.split(" ").at(-1)}`;
  const socket = await connectConsole(path);
  run.stop.addEventListener("abort", () => socket.destroy());
  try {
    const trace = settings.trace ? (text: string) => void process.stdout.write(`${text}\n`) : undefined;
    const status = machine
      ? await runMachine(machine, words, outside(socket), trace)
      : await say(socket, path, words.join(" "));
    if ((status & 0xff) !== 0) throw new Failure("", status & 0xff);
  } finally {
    socket.destroy();
  }
}

async function program(path: string, run: Run): Promise<Machine> {
  try {
    return readMachine(await readNamedFile(path, run));
  } catch (error) {
    if (error === run.stop.reason) throw error;
    throw new Failure(`${path}: ${(error as Error).message}`, NO_CONSOLE);
  }
}

/** Says a command, and prints its answer. Returns the errno. */
async function say(socket: Socket, path: string, command: string): Promise<number> {
  const { code, text } = await ask(socket, command);
  if (code === 0) return code;
  const hint = code === NOT_FOUND ? await (await import("./ctl-hint.js")).askForHint(path, command, HINT_MS) : "";
  process.stderr.write(`${text}${hint}\n`);
  return code;
}

type Result = Pick<Answer, "code" | "text">;

/** Says a command at the first prompt, and prints the data of its answer. Returns its result. */
function ask(socket: Socket, command: string): Promise<Result> {
  const reader = new ConsoleReader();
  return new Promise((resolve, reject) => {
    let asked = false;
    let isWhole = true;
    const over = (settle: () => void) => {
      silence.stop();
      settle();
    };
    const done = (result: Result) => over(() => resolve(result));
    const broken = (why: string) => over(() => reject(new Failure(why, NO_CONSOLE)));
    const silence = watchSilence(() => broken(`the console does not answer${isWhole ? "" : ": its list is cut"}`));
    socket.on("data", (text) => {
      silence.heard();
      for (const said of reader.read(String(text))) {
        if (said.kind === "prompt" && !asked) {
          asked = true;
          socket.write(`${command}\n`);
        } else if (said.kind === "data") {
          isWhole = false;
          process.stdout.write(`${said.text}\n`);
        } else if (said.kind === "result") {
          isWhole = true;
          done(said);
        } else if (said.kind === "prompt") done(NO_RESULT);
      }
    });
    // "shutdown" and "logout" are answered by the end
    socket.on("close", () => {
      if (asked && isWhole) done(NO_RESULT);
      else broken(isWhole ? "the console hung up" : "the console hung up: its list is cut");
    });
    socket.on("error", () => {});
  });
}

/**
 * Runs `onsilence` where nothing was heard for a while. Who was held up itself, by a pipe that was not read, first hears
 * what came meanwhile.
 */
function watchSilence(onsilence: () => void): { heard(): void; stop(): void } {
  let isOver = false;
  let count = 0;
  const timer = setTimeout(() => {
    const before = count;
    setImmediate(() =>
      setImmediate(() => {
        if (isOver) return;
        if (count === before) onsilence();
        else timer.refresh();
      }),
    );
  }, SILENT_MS);
  return {
    heard() {
      count++;
      timer.refresh();
    },
    stop() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

/** A socket as a machine sees it. */
function outside(socket: Socket): Outside {
  let heard = "";
  let ended = false;
  let wake = () => {};
  socket.on("data", (text) => {
    heard += text;
    wake();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    ended = true;
    wake();
  });
  return {
    send: (text) => void socket.write(text),
    print: (text) => void process.stdout.write(text),
    async readUntil(text, timeoutMs) {
      const until = performance.now() + timeoutMs;
      for (let at = heard.indexOf(text); ; at = heard.indexOf(text)) {
        if (at >= 0) {
          const found = heard.slice(0, at + text.length);
          heard = heard.slice(found.length);
          return found;
        }
        const left = until - performance.now();
        if (ended || left <= 0) return undefined;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}
