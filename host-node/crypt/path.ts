// How large a datagram may be on the way to the other end: tried out with probes, as RFC 8899 has it. What ICMP says is
// not listened to, since anybody may say it.

/** What every path takes: an IPv6 packet of 1,280 octets less its headers. */
export const BASE_SIZE = 1_232;
/** Common sizes of packets, less the headers of IPv6 and of IPv4: 1400, 1420, 1492, 1500 and 9000. */
const LADDER = [1_352, 1_372, 1_392, 1_444, 1_452, 1_464, 1_472, 8_952, 8_972];
/** When a round of probes is sent, after its start. */
const ROUND_MS = [0, 300, 1_000];
/** A round ends. */
const ROUND_END_MS = 2_000;

export class PathSize {
  #size = BASE_SIZE;
  #startMs = Number.NEGATIVE_INFINITY;
  #sent = ROUND_MS.length;
  #isProven = true;

  /** Octets of the largest datagram that is known to arrive. */
  get size(): number {
    return this.#size;
  }

  /** Starts a round: with each session, so that a path that got smaller is noticed. */
  start(nowMs: number): void {
    this.#startMs = nowMs;
    this.#sent = 0;
    this.#isProven = this.#size === BASE_SIZE;
  }

  /**
   * Another path: nothing is known of it. A round is some 28 KB, and where it goes to is for anybody on the way to say: so
   * none begins before the last is over, however often the path is another.
   */
  restart(nowMs: number): void {
    this.#size = BASE_SIZE;
    if (this.#startMs <= nowMs) this.start(Math.max(nowMs, this.#startMs + ROUND_END_MS));
  }

  /** The sizes that are to be tried now. */
  due(nowMs: number): readonly number[] {
    const passed = nowMs - this.#startMs;
    if (!this.#isProven && passed >= ROUND_END_MS) this.restart(nowMs);
    if (this.#sent >= ROUND_MS.length || nowMs - this.#startMs < ROUND_MS[this.#sent]!) return [];
    this.#sent++;
    return LADDER.filter((size) => size > this.#size || (size === this.#size && !this.#isProven));
  }

  /** When the next are; Infinity where none are. */
  dueMs(): number {
    if (this.#sent < ROUND_MS.length) return this.#startMs + ROUND_MS[this.#sent]!;
    return this.#isProven ? Number.POSITIVE_INFINITY : this.#startMs + ROUND_END_MS;
  }

  /** A probe arrived. */
  seen(size: number): void {
    if (!LADDER.includes(size) || size < this.#size) return;
    this.#size = size;
    this.#isProven = true;
  }

  /** This machine itself takes no datagrams of that size any more. */
  tooLarge(): void {
    this.#size = BASE_SIZE;
    this.#isProven = true;
  }
}
