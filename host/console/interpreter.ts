// A management console without a socket: a line in, a reply out. Sessions and scripts feed it lines. What it manages, and
// what it says of itself, is for those who extend it: a switch, a wire.

import { SwitchError } from "../errors.js";
import { type Caller, type Command, type Lines, SILENT } from "./command.js";
import { Commands } from "./commands.js";
import { terminalMenu } from "./menus/terminal.js";
import { printable } from "./text.js";

/** A long answer is shown in pieces of about so many characters. */
const PIECE = 16_384;

export abstract class Interpreter {
  readonly commands = new Commands();
  /** What a session begins with. */
  abstract readonly banner: string;
  /** What it shows when it waits for a command. */
  abstract readonly prompt: string;
  /** Its last word to who logs out. */
  abstract readonly farewell: string;

  /** One line to the log. */
  protected abstract log(text: string): void;

  /** Notes in the log what happened to a session. */
  note(text: string): void {
    this.log(text);
  }

  /** A session has ended: it hears of nothing any more. */
  abstract forget(caller: Caller): void;

  /** Runs after each command. */
  protected settle(): void {}

  constructor() {
    this.commands.add(terminalMenu, this);
  }

  /**
   * Runs a line. The reply ends with a newline, and its last line begins with "1" and an errno in three digits. Nothing
   * for an empty line or a comment; SILENT where there is not even to be a prompt.
   */
  async run(line: string, caller: Caller): Promise<string | undefined | typeof SILENT> {
    const text = line.replace(/^[ \t]+/, "");
    if (text === "" || text.startsWith("#")) return undefined;
    const found = this.commands.find(text);
    if (found === undefined) return failure(new SwitchError("ENOSYS", "there is no such command, see help"));
    const { command, target, rest } = found;
    if (command.shows === "lines") {
      if (caller.isGone) return SILENT;
      return this.#list(command.path, caller, () => command.run(target, rest, caller));
    }
    try {
      const done = await command.run(target, rest, caller);
      return done === SILENT ? SILENT : "1000 Success\n";
    } catch (error) {
      return this.#failure(command, error);
    } finally {
      this.settle();
    }
  }

  /**
   * The lines that came before an error are shown, and the brackets are there even where none came. Of a long answer all but
   * the end is shown piece by piece: no more of it is made than the reader takes, and others are served in between.
   */
  async #list(path: string, caller: Caller, lines: () => Lines): Promise<string> {
    let reply = "0000 DATA END WITH '.'\n";
    let result = "1000 Success\n";
    const isLong = (line: string) => {
      reply += `${line === "." ? ". " : printable(line)}\n`;
      return reply.length >= PIECE && caller.part !== undefined;
    };
    const show = async () => {
      const piece = reply;
      reply = "";
      await caller.part?.(piece);
    };
    try {
      const all = lines();
      if (Symbol.asyncIterator in all) {
        for await (const line of all) if (isLong(line)) await show();
      } else
        for (const line of all)
          if (line === undefined) await caller.pause?.();
          else if (isLong(line)) await show();
    } catch (error) {
      result = this.#failure({ path }, error);
    }
    this.settle();
    return `${reply}.\n${result}`;
  }

  /** A command that breaks is reported in full in the log, and takes nothing with it. */
  #failure({ path }: Pick<Command<never>, "path">, error: unknown): string {
    if (error instanceof SwitchError) return failure(error);
    const what = error instanceof Error ? error : new Error(String(error));
    this.log(`${path}: ${what.stack ?? what.message}`);
    return failure(new SwitchError("EIO", `${path} broke: ${what.message}`));
  }
}

function failure(error: SwitchError): string {
  return `1${String(error.errno).padStart(3, "0")} ${printable(error.message)}\n`;
}
