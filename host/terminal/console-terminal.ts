// A person at a console: lines with an editor, listings as tables, help where a word is wrong, and what the console says
// by itself above what is being typed. The console may be a switch of ours or VDE's, here or behind a socket, and may go
// away and come back.

import { NOT_FOUND } from "../manager/client.js";
import { type Answer, Conversation } from "../manager/conversation.js";
import type { Size } from "./drawing.js";
import { LineEditor } from "./editor.js";
import type { History } from "./history.js";
import { hintFor, known, NOTHING } from "./known.js";
import { PlainInput } from "./plain-input.js";
import { NO_COLOURS, type Style } from "./style.js";
import { drawTable, readRows } from "./table.js";

export interface ConsoleTerminalOptions {
  readonly write: (text: string) => void;
  readonly size: () => Size;
  readonly history: History;
  readonly style?: Style;
  /** The terminal only prints: no keys, no cursor. */
  readonly isDumb?: boolean;
  /** The prompt of a console that calls itself so. */
  readonly prompt: (name: string) => string;
  /** The person leaves: by exit, quit, logout, or C-d. */
  readonly onleave: () => void;
  /** C-c where there is no line to drop. */
  readonly oninterrupt?: () => void;
  /** C-z. */
  readonly onsuspend?: () => void;
}

/** What a terminal does by itself. */
const OWN_NAMES = ["exit", "quit"];
const LEAVING = /^(?:exit|quit|logout)\b/;
const SUBSCRIPTIONS_MAX = 64;

export class ConsoleTerminal {
  readonly #options: ConsoleTerminalOptions;
  readonly #style: Style;
  readonly #input: LineEditor | PlainInput;
  #conversation: Conversation | undefined;
  #known = NOTHING;
  #prompt = "";
  /** What was asked to be told of, to be asked again of a console that has come back. */
  #subscriptions: string[] = [];
  #isBack = false;
  #isShuttingDown = false;

  constructor(options: ConsoleTerminalOptions) {
    const { style = NO_COLOURS, isDumb = false, write, size, history } = options;
    this.#options = options;
    this.#style = style;
    const onenter = (line: string) => void this.#enter(line);
    const ends = {
      onend: options.onleave,
      oninterrupt: () => options.oninterrupt?.(),
      onsuspend: () => options.onsuspend?.(),
    };
    const complete = (before: string) => this.#complete(before);
    this.#input = isDumb
      ? new PlainInput({ write, onenter })
      : new LineEditor({ write, size, history, onenter, complete, ...ends });
  }

  /** There is a console: what it says is to be heard, and this is how it is spoken to. */
  connect(send: (text: string) => void): void {
    const conversation = new Conversation({
      send,
      onready: (name) => void this.#meet(conversation, name),
      onevent: (text) => this.print(`${this.#style.notable("** DBG MSG: ")}${text}`),
      onbanner: (text) => this.#isBack || this.print(text),
    });
    this.#conversation = conversation;
  }

  hear(text: string): void {
    this.#conversation?.hear(text);
  }

  /** The console is gone. Returns whether that is what was asked for: otherwise it is said, and another is waited for. */
  lost(what: string): boolean {
    this.#conversation?.end();
    this.#conversation = undefined;
    if (this.#isShuttingDown) return true;
    this.#isBack = true;
    this.print(this.#style.bad(what));
    this.#open();
    return false;
  }

  type(text: string): void {
    this.#input.type(text);
  }

  /** Shows a line that came from elsewhere. */
  print(text: string): void {
    this.#input.print(text);
  }

  resized(): void {
    this.#input.resized();
  }

  /** Leaves the terminal to others. */
  leave(): void {
    this.#input.leave();
  }

  return(): void {
    this.#input.return();
  }

  /** Learns what the console knows, before the first prompt. */
  async #meet(conversation: Conversation, name: string): Promise<void> {
    this.#prompt = this.#options.prompt(name);
    this.#known = await known(conversation);
    for (const line of this.#subscriptions) await conversation.ask(line);
    if (this.#conversation !== conversation) return;
    if (this.#isBack) this.print(this.#style.good("back"));
    this.#open();
  }

  #open(): void {
    this.#input.open({ text: this.#prompt });
  }

  async #enter(line: string): Promise<void> {
    const text = asCommand(line);
    const conversation = this.#conversation;
    if (LEAVING.test(text)) return this.#options.onleave();
    if (text === "" || conversation === undefined) {
      if (text !== "") this.print(this.#style.bad("there is no console to tell: it is waited for (exit ends)"));
      return this.#open();
    }
    this.#isShuttingDown = /^shutdown\b/.test(text);
    const answer = await this.#run(conversation, text);
    if (answer === undefined) return; // it is gone, which is said elsewhere
    this.#isShuttingDown = false;
    this.#report(text, answer);
    await this.#note(conversation, text, answer);
    if (this.#conversation === conversation) this.#open();
  }

  async #run(conversation: Conversation, line: string): Promise<Answer | undefined> {
    if (this.#known.tables.some((path) => line === path || line.startsWith(`${path} `))) {
      const answer = await conversation.ask(`terminal/table ${line}`);
      const rows = readRows(answer?.lines ?? []);
      if (answer === undefined || (answer.code !== 0 && answer.code !== NOT_FOUND)) return answer;
      if (rows !== undefined) {
        this.print([...drawTable(rows, this.#style)].join("\n"));
        return answer;
      }
    }
    return conversation.ask(line, (text) => this.print(text));
  }

  #report(line: string, { code, text }: Answer): void {
    if (text === "") return;
    const hint = code === NOT_FOUND ? hintFor(line, [...this.#known.names, ...OWN_NAMES]) : "";
    if (!this.#known.isOurs) this.print(`${text}${hint}`);
    else this.print(code === 0 ? this.#style.good(text) : this.#style.bad(`${text}${hint}`));
  }

  /** What a command changed for those that follow. */
  async #note(conversation: Conversation, line: string, { code }: Answer): Promise<void> {
    if (code !== 0) return;
    if (/^debug\/(?:add|del)\b/.test(line))
      this.#subscriptions = [...this.#subscriptions, line].slice(-SUBSCRIPTIONS_MAX);
    if (/^plugin\/(?:add|del)\b/.test(line)) this.#known = await known(conversation);
  }

  async #complete(before: string): Promise<readonly string[]> {
    const line = before.slice(before.lastIndexOf("\n") + 1).trimStart();
    const own = OWN_NAMES.filter((name) => name.startsWith(line));
    const { isOurs, names, words } = this.#known;
    const ask = async (text: string) => await this.#conversation?.ask(text);
    if (isOurs) return [...((await ask(`terminal/complete ${line}`))?.lines ?? []), ...own];
    if (!/\s/.test(line)) return [...names.filter((name) => name.startsWith(line)), ...own];
    const [last = ""] = /\S*$/.exec(line) ?? [];
    return ((await words?.arguments(line, ask)) ?? []).filter((word) => word.startsWith(last));
  }
}

/** `?` is help, before what is asked about or behind it. */
function asCommand(line: string): string {
  const text = line.trim();
  const [, before, behind] = /^\?\s*(.*)$|^(\S+)\s*\?$/.exec(text) ?? [];
  const topic = before ?? behind;
  return topic === undefined ? line.replace(/^\s+/, "") : `help ${topic}`.trimEnd();
}
