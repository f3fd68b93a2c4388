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
  /** Runs once, when a write failed. Nothing is written after it. `whole` is how many octets of whole appends were. */
  readonly onfailure?: (error: Error, whole: number) => void;
}

export class WriteBehind {
  /** It writes by itself when so many octets wait. */
  threshold = 1;
  /** Appends that were lost. */
  lost = 0;
  failure: Error | undefined;
  readonly #sink: Sink;
  readonly #onfailure: (error: Error, whole: number) => void;
  #filling: Uint8Array;
  #spare: Uint8Array;
  #waiting = 0;
  #written = 0;
  #writing: Promise<void> | undefined;
  #isAsked = false;

  constructor(sink: Sink, { capacity, after, onfailure = () => {} }: WriteBehindOptions) {
    this.#sink = sink;
    this.#onfailure = onfailure;
    this.#filling = new Uint8Array(capacity);
    this.#spare = new Uint8Array(capacity);
    if (after !== undefined) this.#writing = this.#drain(after);
  }

  /** Appends the pieces as one, or nothing. False where they are lost. */
  append(...pieces: readonly Uint8Array[]): boolean {
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    if (this.failure !== undefined || this.#waiting + size > this.#filling.length) {
      this.lost++;
      return false;
    }
    for (const piece of pieces) {
      this.#filling.set(piece, this.#waiting);
      this.#waiting += piece.length;
    }
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
  #swap(): Uint8Array {
    const full = this.#filling.subarray(0, this.#waiting);
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#waiting = 0;
    return full;
  }

  async #write(octets: Uint8Array): Promise<void> {
    for (let done = 0; done < octets.length; ) done += await this.#sink.write(octets.subarray(done));
    this.#written += octets.length;
  }

  #fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.#waiting = 0;
    this.#onfailure(error, this.#written);
  }
}
