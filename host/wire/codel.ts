// CoDel, RFC 8289: drops from the head of a queue when frames have waited longer than a target for a whole interval, and
// the sooner the next the more it has dropped. The clock is that of the line, which serves frames in order.

/** RFC 8289 4.3: a target is 5 % of the interval. */
const INTERVALS = 20;
/** RFC 8289 4.4: not while what waits is less than one large frame. */
const ENOUGH_OCTETS = 1514;

export class Codel {
  #aboveSinceMs = 0;
  #isAbove = false;
  #isDropping = false;
  #nextMs = 0;
  #count = 0;
  #lastCount = 0;

  /** Whether to drop the frame that leaves the queue at `nowMs`, after `waitedMs`, with so many octets behind it. */
  drops(targetMs: number, nowMs: number, waitedMs: number, behind: number): boolean {
    const isLate = this.#isLate(targetMs, nowMs, waitedMs, behind);
    if (this.#isDropping) {
      if (!isLate) this.#isDropping = false;
      else if (nowMs >= this.#nextMs) return this.#drop(this.#nextMs, targetMs);
      return false;
    }
    if (!isLate) return false;
    return this.#begin(nowMs, targetMs);
  }

  #isLate(targetMs: number, nowMs: number, waitedMs: number, behind: number): boolean {
    if (waitedMs < targetMs || behind <= ENOUGH_OCTETS) {
      this.#isAbove = false;
      return false;
    }
    if (!this.#isAbove) {
      this.#isAbove = true;
      this.#aboveSinceMs = nowMs;
      return false;
    }
    return nowMs - this.#aboveSinceMs >= INTERVALS * targetMs;
  }

  /** Goes on nearly where it left off, where that was not long ago. */
  #begin(nowMs: number, targetMs: number): boolean {
    const delta = this.#count - this.#lastCount;
    const isRecent = nowMs - this.#nextMs < 16 * INTERVALS * targetMs;
    this.#isDropping = true;
    this.#count = delta > 1 && isRecent ? delta - 1 : 0;
    this.#lastCount = this.#count + 1;
    return this.#drop(nowMs, targetMs);
  }

  #drop(atMs: number, targetMs: number): boolean {
    this.#count++;
    this.#nextMs = atMs + (INTERVALS * targetMs) / Math.sqrt(this.#count);
    return true;
  }
}
