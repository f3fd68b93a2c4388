// A file that is written behind whoever appends to it, and never waits: while the disk is slow, what was appended waits
// in memory of a fixed size. What finds no room there is lost, and counted.

/** Where it goes. */
export interface Sink {
  /** Writes at the end, and says how many of the octets. */
  write(octets: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

export interface WriteBehindOptions {
  /** Octets that may wait, beside as many that are being written. */
  readonly capacity: number;
  /** What to wait for before the first write. */
  readonly after?: Promise<void>;
  /**
   * Runs once, when a write failed. Nothing is written after it. `whole` is how many octets of whole appends were, and
   * `torn` how many are behind them, of one that was broken off.
   */
  readonly onfailure?: (error: Error, whole: number, torn: number) => void;
}

/** What was appended, and is written together: each append is whole or is no use. */
interface Half {
  readonly octets: Uint8Array;
  sizes: number[];
}

export class WriteBehind {
  /** It writes by itself when so many octets wait. */
  threshold = 1;
  /** Appends that are in the file, or wait for it. */
  kept = 0;
  /** Appends that were lost. */
  lost = 0;
  failure: Error | undefined;
  readonly #sink: Sink;
  readonly #onfailure: (error: Error, whole: number, torn: number) => void;
  #filling: Half;
  #spare: Half;
  #waiting = 0;
  /** Whole appends that were written, and their octets; and octets of one that is not whole yet. */
  #appends = 0;
  #whole = 0;
  #torn = 0;
  #writing: Promise<void> | undefined;
  #isAsked = false;

  constructor(sink: Sink, { capacity, after, onfailure = () => {} }: WriteBehindOptions) {
    this.#sink = sink;
    this.#onfailure = onfailure;
    this.#filling = { octets: new Uint8Array(capacity), sizes: [] };
    this.#spare = { octets: new Uint8Array(capacity), sizes: [] };
    if (after !== undefined) this.#writing = this.#drain(after);
  }

  /** Appends the pieces as one, or nothing. False where they are lost. */
  append(...pieces: readonly Uint8Array[]): boolean {
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    if (this.failure !== undefined || this.#waiting + size > this.#filling.octets.length) {
      this.lost++;
      return false;
    }
    for (const piece of pieces) {
      this.#filling.octets.set(piece, this.#waiting);
      this.#waiting += piece.length;
    }
    this.#filling.sizes.push(size);
    this.kept++;
    if (this.#waiting >= this.threshold) void this.flush();
    return true;
  }

  /** Writes all that waits. The promise is always kept, if by a failure. */
  flush(): Promise<void> {
    this.#isAsked = true;
    this.#writing ??= this.#drain();
    return this.#writing;
  }

  /** Writes all that waits, and closes the file, whatever became of it: see `failure`. */
  async close(): Promise<void> {
    await this.flush();
    await this.#sink.close().catch((error: Error) => this.#fail(error));
  }

  async #drain(after?: Promise<void>): Promise<void> {
    await after;
    try {
      while (this.#isAsked && this.failure === undefined) {
        this.#isAsked = false; // what is appended while this is written waits until it is asked for
        await this.#write(this.#swap());
      }
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#writing = undefined;
  }

  /** What waits; what is appended from now on goes into the other half. */
  #swap(): Half {
    const full = { octets: this.#filling.octets.subarray(0, this.#waiting), sizes: this.#filling.sizes };
    this.#filling.sizes = [];
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#waiting = 0;
    return full;
  }

  /** A disk that is nearly full takes a part, and refuses the rest: what is whole of that part counts. */
  async #write({ octets, sizes }: Half): Promise<void> {
    let next = 0;
    for (let done = 0; done < octets.length; ) {
      const count = await this.#sink.write(octets.subarray(done));
      done += count;
      this.#torn += count;
      for (let size = sizes[next]; size !== undefined && size <= this.#torn; size = sizes[++next]) {
        this.#torn -= size;
        this.#whole += size;
        this.#appends++;
      }
    }
  }

  #fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.lost += this.kept - this.#appends;
    this.kept = this.#appends;
    this.#waiting = 0;
    this.#filling.sizes = [];
    this.#onfailure(error, this.#whole, this.#torn);
  }
}
