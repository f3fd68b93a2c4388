// A line that is typed into a terminal: editing, history, completion, and what others write in the meantime above it.

export interface LineEditorOptions {
  readonly write: (text: string) => void;
  readonly columns: () => number;
  /** A line was entered. */
  readonly onenter: (line: string) => void;
  /** What may stand in place of the line's last word. */
  readonly complete: (line: string) => readonly string[];
}

interface Text {
  readonly line: string;
  readonly cursor: number;
}

const EMPTY: Text = { line: "", cursor: 0 };
const HISTORY_MAX = 200;

/** What keys do to a line, by what a terminal sends for them. */
const EDITS: Readonly<Record<string, (text: Text) => Text>> = {
  "\x7f": ({ line, cursor }) => cut(line, Math.max(0, cursor - 1), cursor),
  "\x1b[3~": ({ line, cursor }) => cut(line, cursor, cursor + 1),
  "\x0b": ({ line, cursor }) => cut(line, cursor, line.length),
  "\x15": ({ line, cursor }) => cut(line, 0, cursor),
  "\x17": ({ line, cursor }) => cut(line, line.slice(0, cursor).search(/\S*\s*$/), cursor),
  "\x1b[D": ({ line, cursor }) => ({ line, cursor: Math.max(0, cursor - 1) }),
  "\x1b[C": ({ line, cursor }) => ({ line, cursor: Math.min(line.length, cursor + 1) }),
  "\x01": ({ line }) => ({ line, cursor: 0 }),
  "\x1b[H": ({ line }) => ({ line, cursor: 0 }),
  "\x05": ({ line }) => ({ line, cursor: line.length }),
  "\x1b[F": ({ line }) => ({ line, cursor: line.length }),
};

function cut(line: string, from: number, to: number): Text {
  return { line: line.slice(0, from) + line.slice(to), cursor: from };
}

const ESCAPE = "\x1b";
/** A key: a sequence that begins with ESC, or one character. */
const KEY = new RegExp(`${ESCAPE}(?:\\[[0-9;]*[A-Za-z~]|O[A-Z])|.`, "gsu");

/** What two words both begin with. */
function inCommon(one: string, other: string): string {
  let length = Math.min(one.length, other.length);
  while (!other.startsWith(one.slice(0, length))) length--;
  return one.slice(0, length);
}

export class LineEditor {
  readonly #options: LineEditorOptions;
  /** What stands before the line. */
  #prompt = "";
  #text = EMPTY;
  readonly #history: string[] = [];
  #at = 0;

  constructor(options: LineEditorOptions) {
    this.#options = options;
  }

  /** Takes what a terminal sends for keys. */
  type(text: string): void {
    for (const [key] of text.matchAll(KEY)) this.#press(key);
  }

  /** Shows what came from elsewhere, above the line that is being typed. Where it does not end a line, that is the prompt. */
  print(text: string): void {
    const last = text.slice(text.lastIndexOf("\n") + 1);
    this.#options.write(`${this.#home()}\x1b[J${text.slice(0, text.length - last.length)}`);
    if (last !== "") this.#prompt = last;
    this.#draw();
  }

  #press(key: string): void {
    const edit = EDITS[key];
    if (edit !== undefined) this.#show(edit(this.#text));
    else if (key === "\r") this.#enter(this.#text.line);
    else if (key === "\t") this.#complete();
    else if (key === "\x03") this.#drop();
    else if (key === "\x1b[A") this.#recall(-1);
    else if (key === "\x1b[B") this.#recall(1);
    else if (key >= " ") this.#insert(key);
  }

  #insert(key: string): void {
    const { line, cursor } = this.#text;
    this.#show({ line: line.slice(0, cursor) + key + line.slice(cursor), cursor: cursor + key.length });
  }

  #enter(line: string): void {
    this.#show({ line, cursor: line.length });
    this.#options.write("\n");
    if (line.trim() !== "" && this.#history.at(-1) !== line) this.#history.push(line);
    if (this.#history.length > HISTORY_MAX) this.#history.shift();
    [this.#text, this.#prompt, this.#at] = [EMPTY, "", this.#history.length];
    this.#options.onenter(line);
  }

  #drop(): void {
    this.#show({ line: `${this.#text.line}^C`, cursor: this.#text.line.length + 2 });
    this.#options.write("\n");
    this.#text = EMPTY;
    this.#draw();
  }

  #recall(by: number): void {
    this.#at = Math.min(Math.max(0, this.#at + by), this.#history.length);
    const line = this.#history[this.#at] ?? "";
    this.#show({ line, cursor: line.length });
  }

  /** Adds what all that may stand there have in common; where that is nothing more, lists them. */
  #complete(): void {
    const { line, cursor } = this.#text;
    const before = line.slice(0, cursor);
    const [word = ""] = /\S*$/.exec(before) ?? [];
    const found = this.#options.complete(before);
    const common = found.reduce(inCommon, found[0] ?? "");
    if (found.length === 1) this.#insert(`${common.slice(word.length)} `);
    else if (common.length > word.length) this.#insert(common.slice(word.length));
    else if (found.length > 1) this.print(`${this.#prompt}${line}\n${found.join("  ")}\n`);
  }

  /** Shows another line in place of this one. */
  #show(text: Text): void {
    this.#options.write(`${this.#home()}\x1b[J`);
    this.#text = text;
    this.#draw();
  }

  /** Writes prompt and line, and puts the cursor where it belongs. */
  #draw(): void {
    const { line, cursor } = this.#text;
    const columns = this.#options.columns();
    const [end, here] = [this.#prompt.length + line.length, this.#prompt.length + cursor];
    const rows = Math.floor(end / columns) - Math.floor(here / columns);
    const wrap = end > 0 && end % columns === 0 ? "\n" : ""; // a terminal wraps only when one more comes
    const up = rows > 0 ? `\x1b[${rows}A` : "";
    const right = here % columns > 0 ? `\x1b[${here % columns}C` : "";
    this.#options.write(`${this.#prompt}${line}${wrap}\r${up}${right}`);
  }

  /** To the first column of the prompt. */
  #home(): string {
    const rows = Math.floor((this.#prompt.length + this.#text.cursor) / this.#options.columns());
    return rows > 0 ? `\x1b[${rows}A\r` : "\r";
  }
}
