// A command at the other end of a guest's connection: what the guest says is its input, and its output goes to the guest.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { BaseStream } from "../../host/slirp/base-stream.js";
import type { Lease } from "../resources/account.js";
import { costOf } from "./stream.js";

const IGNORE = () => {};
/** A guest cannot make more of them run at once. */
const RUNNING_MAX = 32;
let running = 0;

export class CommandStream extends BaseStream {
  readonly #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #queued = 0;
  #isOver = false;

  constructor([program = "", ...words]: readonly string[], lease: Lease) {
    super();
    const refuse = (code: string) => {
      lease.release();
      queueMicrotask(() => this.#fail(code));
    };
    if (running >= RUNNING_MAX || program === "") {
      refuse(program === "" ? "ENOENT" : "EAGAIN");
      return;
    }
    const child = spawned(program, words);
    child?.once("error", (error: NodeJS.ErrnoException) => this.#fail(error.code ?? "EIO"));
    if (child?.stdout === undefined) {
      refuse(child === undefined ? "ENOMEM" : "EMFILE");
      return;
    }
    running++;
    this.#child = child;
    child.once("spawn", () => this.onconnect());
    child.once("close", () => {
      running--;
      lease.release();
    });
    child.stdout.on("data", (octets: Buffer) => this.ondata(octets));
    child.stdout.once("end", () => this.onend());
    child.stdout.on("error", IGNORE); // "end" or "close" tells of it
    child.stdin.on("error", IGNORE); // a command that does not read what it is told
  }

  get queued(): number {
    return this.#queued;
  }

  write(octets: Uint8Array): void {
    const stdin = this.#child?.stdin;
    if (!stdin?.writable) return;
    const cost = costOf(octets);
    this.#queued += cost;
    stdin.write(octets, () => {
      this.#queued -= cost;
      this.ondrain();
    });
  }

  end(): void {
    this.#child?.stdin.end();
  }

  destroy(): void {
    this.#isOver = true;
    this.#child?.stdin.destroy();
    this.#child?.stdout.destroy();
    this.#child?.kill();
  }

  pause(): void {
    this.#child?.stdout.pause();
  }

  resume(): void {
    this.#child?.stdout.resume();
  }

  #fail(code: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onerror(code);
  }
}

/** Undefined where the kernel refuses: Node throws for some of its reasons, and tells of others by an event. */
function spawned(program: string, words: readonly string[]): ChildProcessByStdio<Writable, Readable, null> | undefined {
  try {
    return spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  } catch {
    return undefined;
  }
}
