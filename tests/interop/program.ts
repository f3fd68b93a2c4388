// A program under way: what it says, what it is told, and how it ended.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { PATIENCE_MS, until } from "./wait.js";

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

const STORY_LENGTH = 2_000;

export class Program {
  readonly pid: number;
  private readonly title: string;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly said: Buffer[] = [];
  private errors = "";
  private ended: Exit | undefined;

  constructor(command: string, args: readonly string[]) {
    this.title = [command, ...args].join(" ");
    this.child = spawn(command, args, { stdio: "pipe" });
    this.pid = this.child.pid ?? 0;
    this.child.stdout.on("data", (octets: Buffer) => this.said.push(octets));
    this.child.stderr.on("data", (octets: Buffer) => {
      this.errors += octets;
    });
    this.child.stdin.on("error", () => {}); // it may end before it has read all: its exit tells
    this.child.on("error", (error) => {
      this.errors += error.message;
      this.ended = { code: 127, signal: null };
    });
    this.child.on("close", (code, signal) => {
      this.ended ??= { code, signal };
    });
  }

  /** All that it wrote to standard output so far. */
  octets(): Buffer {
    return Buffer.concat(this.said);
  }

  text(): string {
    return this.octets().toString("utf8");
  }

  /** All that it wrote to standard error so far. */
  complaints(): string {
    return this.errors;
  }

  /** Whether it has not read yet what it was told. */
  get isBehind(): boolean {
    return this.child.stdin.writableLength > 0;
  }

  tell(input: string | Uint8Array): void {
    this.child.stdin.write(input);
  }

  /** Ends its standard input. */
  hangUp(): void {
    this.child.stdin.end();
  }

  signal(name: NodeJS.Signals): void {
    if (this.ended === undefined && this.pid > 0) this.child.kill(name);
  }

  /** Waits until its output matches. Returns the match. */
  says(pattern: RegExp, ms = PATIENCE_MS): Promise<RegExpExecArray> {
    return until(`"${this.title}" says ${pattern}`, () => pattern.exec(this.text()) ?? this.orDies(), ms);
  }

  /** Waits until it has ended. */
  exit(ms = PATIENCE_MS): Promise<Exit> {
    return until(`"${this.title}" ends`, () => this.ended, ms);
  }

  /** Ends it: kindly, then not. The signal is sent before the first wait. */
  async stop(): Promise<void> {
    this.signal("SIGTERM");
    await this.exit().catch(() => this.signal("SIGKILL"));
    await this.exit();
  }

  /** Throws where it has ended, so that nobody waits for it in vain. */
  orDies(): undefined {
    if (this.ended !== undefined) throw new Error(`"${this.title}" ended with ${this.ended.code ?? this.ended.signal}`);
  }

  /** For a test that failed. */
  story(): string {
    const end = this.ended === undefined ? "running" : `ended with ${this.ended.code ?? this.ended.signal}`;
    const words = [this.text(), this.errors]
      .map((text) => text.slice(-STORY_LENGTH).trim())
      .filter((text) => text !== "");
    return `\n--- ${this.title} (${end})\n${words.join("\n---\n")}`;
  }
}
