// A management console from a program's side: one command a write, an answer that ends with the prompt.

import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import type { Lab } from "./lab.js";
import type { Program } from "./program.js";
import { PATIENCE_MS, until } from "./wait.js";

export class Console {
  /** What the switch said before the first prompt. */
  readonly banner: Promise<string>;
  private readonly socket: Socket;
  private readonly prompt: string;
  private heard = "";

  constructor(socket: Socket, prompt: string) {
    this.socket = socket;
    this.prompt = prompt;
    socket.on("data", (octets) => {
      this.heard += octets;
    });
    this.banner = this.answer();
  }

  /** Sends a command as it is, and returns the answer without the prompt. `end` is what a terminal adds, if anything. */
  async command(text: string, end = "\n"): Promise<string> {
    await this.banner;
    this.heard = "";
    this.socket.write(text + end);
    return await this.answer();
  }

  /** Sends a command that has no answer. */
  tell(text: string): void {
    this.socket.write(`${text}\n`);
  }

  /** Repeats a command until its answer matches: a plug is in its port a little after its program started. */
  shows(command: string, pattern: RegExp, ms = PATIENCE_MS): Promise<string> {
    return until(
      `"${command}" shows ${pattern}`,
      async () => {
        const answer = await this.command(command);
        return pattern.test(answer) && answer;
      },
      ms,
    );
  }

  close(): void {
    this.socket.destroy();
  }

  private async answer(): Promise<string> {
    await until("the console's prompt", () => this.heard.endsWith(this.prompt));
    return this.heard.slice(0, -this.prompt.length);
  }
}

/** Opens a console as soon as there is one, or throws as soon as `server`, where it is known, has ended. */
export async function openConsole(
  lab: Lab,
  path: string,
  { prompt = "\nvde$ ", server }: Options = {},
): Promise<Console> {
  const socket = await until(`a console at ${path}`, () => server?.orDies() ?? connected(path));
  const terminal = new Console(socket, prompt);
  lab.later(() => terminal.close());
  await terminal.banner;
  return terminal;
}

interface Options {
  readonly prompt?: string;
  readonly server?: Program;
}

function connected(path: string): Promise<Socket | undefined> {
  const socket = createConnection(path);
  return once(socket, "connect").then(
    () => socket,
    () => undefined,
  );
}
