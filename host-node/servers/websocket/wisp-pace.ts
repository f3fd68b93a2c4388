// Makes a client of Wisp wait that is beyond its rate, in one direction.

export class Pace {
  #isLate = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #onchange: () => void;

  /** `onchange` hears when waiting begins, and when it ends. */
  constructor(onchange: () => void) {
    this.#onchange = onchange;
  }

  get isLate(): boolean {
    return this.#isLate;
  }

  /** Nothing more is to come for so long, whatever was said before. */
  wait(delayMs: number): void {
    if (delayMs === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#turn(false), delayMs).unref();
    if (!this.#isLate) this.#turn(true);
  }

  #turn(isLate: boolean): void {
    this.#isLate = isLate;
    this.#onchange();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
