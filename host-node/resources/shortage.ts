// What was refused for want of something, in the log: at once, and then no more than once a minute, with how often.

export type Log = (text: string) => void;

const QUIET_MS = 60_000;

interface Noted {
  count: number;
  why: string;
}

export class Shortage {
  readonly #logs = new Set<Log>();
  readonly #noted = new Map<string, Noted>();
  #timer: NodeJS.Timeout | undefined;

  /** Tells a log of it from now on. Returns what ends that. */
  tell(log: Log): () => void {
    this.#logs.add(log);
    return () => void this.#logs.delete(log);
  }

  /** Something was refused. Kinds are few; what strangers chose belongs in `why`. */
  note(kind: string, why: string): void {
    const noted = this.#noted.get(kind) ?? { count: 0, why };
    noted.count++;
    noted.why = why;
    if (this.#noted.size < KINDS_MAX) this.#noted.set(kind, noted);
    if (this.#timer === undefined) this.#say();
  }

  #say(): void {
    for (const [kind, { count, why }] of this.#noted)
      for (const log of this.#logs) log(`${kind}${count > 1 ? `, ${count} times` : ""}: ${why}`);
    const isQuiet = this.#noted.size === 0;
    this.#noted.clear();
    this.#timer = isQuiet ? undefined : setTimeout(() => this.#say(), QUIET_MS).unref();
  }
}

/** Lines of one minute: owners are in them, of whom there may be any number. */
const KINDS_MAX = 8;
