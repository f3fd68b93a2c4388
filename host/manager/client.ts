// A management console from the manager's side: what comes is cut into lines of data, results, events and prompts. All
// programs of VDE that have a console speak so; see docs/protocols/management.md.

/** The code of an answer to what is no command: ENOSYS. */
export const NOT_FOUND = 38;

/** What a console says. */
export type Said =
  /** A line ahead of the first prompt. */
  | { readonly kind: "banner"; readonly text: string }
  | { readonly kind: "data"; readonly text: string }
  /** How a command ended: 0, or an errno. */
  | { readonly kind: "result"; readonly code: number; readonly text: string }
  | { readonly kind: "event"; readonly text: string }
  /** The console waits for a command. It calls itself by a name: "vde". */
  | { readonly kind: "prompt"; readonly name: string };

/** A prompt has no newline: what comes next stands behind it, an event say. */
const PROMPT = /^([^\s$]{1,32})\$ (.*)$/s;
const BEGIN = /^0000 /;
const RESULT = /^1(-?\d{2,3}) (.*)$/s;
const EVENT = /^3\d{3} (.*)$/s;

export class ConsoleReader {
  #rest = "";
  #greeted = false;
  #inData = false;

  /** What a read brought says. */
  *read(text: string): Generator<Said> {
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) yield* this.#line(yield* this.#prompt(line.replace(/\r$/, "")));
    this.#rest = yield* this.#prompt(this.#rest);
  }

  /** Says the prompt that a line begins with, if it does, and returns what is behind it. */
  *#prompt(line: string): Generator<Said, string> {
    const [, name, rest = ""] = PROMPT.exec(line) ?? [];
    if (name === undefined || this.#inData) return line;
    this.#greeted = true;
    yield { kind: "prompt", name };
    return rest;
  }

  *#line(line: string): Generator<Said> {
    if (!this.#greeted) yield { kind: "banner", text: line };
    else if (this.#inData) {
      this.#inData = line !== ".";
      if (this.#inData) yield { kind: "data", text: line };
    } else if (BEGIN.test(line)) this.#inData = true;
    else yield* other(line);
  }
}

/** Lines outside of data that are neither a result nor an event are for no one. */
function* other(line: string): Generator<Said> {
  const [, code, result = ""] = RESULT.exec(line) ?? [];
  if (code !== undefined) yield { kind: "result", code: Number(code), text: result };
  const [, event] = EVENT.exec(line) ?? [];
  if (event !== undefined) yield { kind: "event", text: event };
}
