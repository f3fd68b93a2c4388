// vdeterm under way: lines go out one at a time, each when the console has answered the one before; what the console says
// by itself is written above the line that is being typed.

import type { Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { ConsoleReader, type Said } from "../../host/manager/client.js";
import { endWithReader } from "../cli/broken-pipe.js";
import type { Run } from "../cli/tool.js";
import { connectConsole } from "../transports/console.js";
import { Commands } from "./term-commands.js";
import { readHistory, writeHistory } from "./term-history.js";

const CLEAR_LINE = "\r\x1b[K";

class Terminal {
  readonly #path: string;
  readonly #socket: Socket;
  readonly #reader = new ConsoleReader();
  readonly #commands = new Commands();
  readonly #lines: string[] = [];
  readonly #isTty = process.stdin.isTTY === true;
  readonly #input: Interface;
  /** Whether the console waits for a command. */
  #isIdle = false;
  #isEnding = false;

  constructor(path: string, socket: Socket) {
    this.#path = path;
    this.#socket = socket;
    this.#input = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: this.#isTty,
      history: this.#isTty ? readHistory() : [],
      removeHistoryDuplicates: true,
      prompt: "",
      completer: (line: string) => this.#commands.complete(line),
    });
  }

  /** Runs until either end is gone. */
  run(stop: AbortSignal): Promise<void> {
    stop.addEventListener("abort", () => this.#socket.destroy());
    this.#input.on("line", (line) => this.#take(line));
    this.#input.on("history", (history) => writeHistory(history));
    this.#input.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
    this.#input.on("close", () => {
      this.#isEnding = true;
      this.#next();
    });
    this.#socket.on("error", () => {});
    this.#socket.on("data", (text) => {
      for (const said of this.#reader.read(String(text))) this.#hear(said);
    });
    return new Promise((resolve) => {
      this.#socket.on("close", () => {
        this.#input.close();
        process.stdin.destroy();
        resolve();
      });
    });
  }

  #take(line: string): void {
    this.#lines.push(line);
    if (this.#isIdle) this.#next();
  }

  /** Sends the next line, or ends where there will be none. */
  #next(): void {
    if (!this.#isIdle) return;
    const line = this.#lines.shift();
    if (line === undefined) {
      if (this.#isEnding) this.#socket.end();
    } else if (line.trim() === "") this.#prompt();
    else if (/^\s*logout/.test(line)) this.#socket.end();
    else this.#send(line);
  }

  #send(line: string): void {
    this.#isIdle = false;
    if (/^\s*plugin\/(?:add|del)/.test(line)) this.#commands.forget();
    this.#socket.write(`${line}\n`);
  }

  #hear(said: Said): void {
    if (this.#commands.hears(said)) {
      if (said.kind === "prompt") this.#ready(said.name);
    } else if (said.kind === "prompt") this.#ready(said.name);
    else if (said.kind === "event") this.#show(`** DBG MSG: ${said.text}`);
    else this.#show(said.text);
  }

  #ready(name: string): void {
    if (this.#commands.wantsHelp) {
      this.#commands.asked();
      this.#socket.write("help\n");
      return;
    }
    this.#isIdle = true;
    this.#input.setPrompt(`${name}[${this.#path}]: `);
    this.#prompt();
    if (this.#lines.length > 0 || this.#isEnding) this.#next();
  }

  #prompt(): void {
    if (this.#isTty) this.#input.prompt(true);
    else if (this.#lines.length > 0 || this.#isEnding) this.#next();
  }

  /** Writes a line; what is being typed moves below it. */
  #show(text: string): void {
    const isTyping = this.#isTty && this.#isIdle;
    process.stdout.write(`${isTyping ? CLEAR_LINE : ""}${text}\n`);
    if (isTyping) this.#input.prompt(true);
  }
}

export async function runTerm(path: string, run: Run): Promise<void> {
  endWithReader(run.program);
  const socket = await connectConsole(path);
  await new Terminal(path, socket).run(run.stop);
}
