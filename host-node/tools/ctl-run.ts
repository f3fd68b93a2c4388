// One command to a console: by VDE's own protocol, or by a program that says what to wait for and what to send.

import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { ConsoleReader } from "../../host/manager/client.js";
import { type Machine, type Outside, readMachine, runMachine } from "../../host/manager/machine.js";
import { Failure, type Run } from "../cli/tool.js";
import { connectConsole, NO_CONSOLE } from "../transports/console.js";
import type { CtlSettings } from "./ctl.js";

const TIMEOUT_MS = 10_000;

export async function runCtl(settings: CtlSettings, words: readonly string[], run: Run): Promise<void> {
  const machine = settings.rcfile === undefined ? undefined : program(settings.rcfile);
  const path = settings.sock ?? `/var/run/${run.program.split(" ").at(-1)}`;
  const socket = await connectConsole(path);
  run.stop.addEventListener("abort", () => socket.destroy());
  try {
    const trace = settings.trace ? (text: string) => void process.stdout.write(`${text}\n`) : undefined;
    const status = machine
      ? (await runMachine(machine, words, outside(socket), trace)) & 0xff
      : await ask(socket, words.join(" "));
    if (status !== 0) throw new Failure("", status);
  } finally {
    socket.destroy();
  }
}

function program(path: string): Machine {
  try {
    return readMachine(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Failure(`${path}: ${(error as Error).message}`, NO_CONSOLE);
  }
}

/** Says a command at the first prompt, and prints the data of its answer. Returns the errno. */
function ask(socket: Socket, command: string): Promise<number> {
  const reader = new ConsoleReader();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Failure("the console does not answer", NO_CONSOLE)), TIMEOUT_MS);
    let asked = false;
    const done = (status: number) => {
      clearTimeout(timer);
      resolve(status);
    };
    socket.on("data", (text) => {
      for (const said of reader.read(String(text))) {
        if (said.kind === "prompt" && !asked) {
          asked = true;
          socket.write(`${command}\n`);
        } else if (said.kind === "data") process.stdout.write(`${said.text}\n`);
        else if (said.kind === "result") {
          if (said.code !== 0) process.stderr.write(`${said.text}\n`);
          done(said.code & 0xff);
        } else if (said.kind === "prompt") done(0);
      }
    });
    // "shutdown" and "logout" are answered by the end
    socket.on("close", () => (asked ? done(0) : reject(new Failure("the console hung up", NO_CONSOLE))));
    socket.on("error", () => {});
  });
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
      const until = Date.now() + timeoutMs;
      for (let at = heard.indexOf(text); ; at = heard.indexOf(text)) {
        if (at >= 0) {
          const found = heard.slice(0, at + text.length);
          heard = heard.slice(found.length);
          return found;
        }
        const left = until - Date.now();
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
