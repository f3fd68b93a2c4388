// The half of a connection that sends to the guest: what is on its way, what was lost (RFC 6675, with and without selective
// acknowledgements), and when to try again (RFC 6298).
//
// Places in the stream are counted from 0, and are plain numbers. The end of the stream, FIN, is one place more.
//
//        una                hole        lostTo             nxt          end
//    ----+------------------+-----------+------------------+------------+
//        | sent again,      | lost, to  | on its way       | to be sent |
//        | on its way       | send again|                  |            |

import { Congestion } from "./congestion.js";
import { Ranges } from "./ranges.js";
import { SendBuffer } from "./send-buffer.js";

const RTO_MIN = 200;
const RTO_START = 1_000;
const RTO_MAX = 60_000;
const RETRIES_MAX = 12;
const DUPLICATES = 3;
const BUFFER = 262_144;
/** What the network had no room for is tried again then, where no acknowledgement comes before. */
const HELD_MS = 10;
const CHUNKS_MAX = 2_048;

/** Sends a stretch of the stream. False where it could not go. */
export type Transmit = (place: number, size: number) => void;

/** What an acknowledgement says. */
export interface Heard {
  readonly place: number;
  /** Of the guest's window, in octets. */
  readonly window: number;
  /** Whether it carries nothing else, so that it may say that something is missing. */
  readonly isBare: boolean;
  readonly blocks: readonly (readonly [start: number, end: number])[];
}

export class Sender {
  readonly buffer = new SendBuffer();
  una = 0;
  nxt = 0;
  /** There will be no more data. */
  isEnding = false;
  window = 0;
  mss: number;
  maySack = false;
  /** When to try again; 0 where there is nothing to wait for. */
  dueMs = 0;
  retries = 0;
  /** Whether the network took no more when it was last to send. */
  isHeld = false;
  readonly #transmit: Transmit;
  readonly #takesMore: () => boolean;
  readonly #most: number;
  #congestion: Congestion;
  readonly #held = new Ranges();
  #recovery: "none" | "fast" | "timeout" = "none";
  #recover = 0;
  #hole = 0;
  #lostTo = 0;
  #duplicates = 0;
  #baseMs = RTO_START;
  /** Doubled with each time-out, until something is heard. */
  #backoff = 1;
  #roundMs = 0;
  #variationMs = 0;
  #timedPlace = -1;
  #timedMs = 0;

  constructor(mss: number, most: number, transmit: Transmit, takesMore: () => boolean) {
    this.#takesMore = takesMore;
    this.mss = mss;
    this.#most = most;
    this.#transmit = transmit;
    this.#congestion = new Congestion(mss, most);
  }

  /** What the guest said in its SYN. */
  begin(mss: number, maySack: boolean): void {
    this.mss = mss;
    this.maySack = maySack;
    this.#congestion = new Congestion(mss, this.#most);
  }

  /** Where the stream ends, FIN included. */
  get #limit(): number {
    return this.buffer.end + (this.isEnding ? 1 : 0);
  }

  get isDone(): boolean {
    return this.isEnding && this.una > this.buffer.end;
  }

  /** Octets that have not arrived. */
  get waiting(): number {
    return Math.max(0, this.buffer.end - this.una); // FIN is one place beyond
  }

  /** Whether no more should be read from outside for now. */
  get isFull(): boolean {
    return this.buffer.end - this.una > BUFFER || this.buffer.count > CHUNKS_MAX;
  }

  get isRoomy(): boolean {
    return this.buffer.end - this.una <= BUFFER / 2 && this.buffer.count <= CHUNKS_MAX / 2;
  }

  get #rtoMs(): number {
    return Math.min(RTO_MAX, this.#baseMs * this.#backoff);
  }

  /** What may be on its way, as far as is known. */
  get #pipe(): number {
    return this.nxt - this.una - this.#held.size - this.#held.missing(this.#hole, this.#lostTo);
  }

  /** Takes an acknowledgement. */
  hear({ place, window, isBare, blocks }: Heard, nowMs: number): void {
    const isNew = place > this.una;
    for (const [start, end] of blocks)
      if (end > start && start >= place && start >= this.una && end <= this.nxt) this.#held.add(start, end);
    if (isNew) this.#advance(place, nowMs);
    else if (isBare && window === this.window && this.nxt > this.una) this.#duplicates++;
    if (window === 0 || this.window === 0) this.retries = 0; // it is there, and says no
    this.window = window;
    this.#judge();
  }

  #advance(place: number, nowMs: number): void {
    const octets = place - this.una;
    this.una = place;
    this.buffer.dropBefore(place);
    this.#held.dropBefore(place);
    this.#hole = Math.max(this.#hole, place);
    this.#duplicates = 0;
    this.retries = 0;
    this.#backoff = 1;
    this.#measure(place, nowMs);
    if (this.#recovery !== "fast") this.#congestion.grow(octets);
    if (this.#recovery !== "none" && place >= this.#recover) this.#leave();
    else if (this.#recovery === "fast" && !this.maySack) this.#lostTo = Math.min(this.#recover, place + this.mss);
    this.dueMs = this.nxt > this.una ? nowMs + this.#rtoMs : 0;
  }

  #leave(): void {
    if (this.#recovery === "fast") this.#congestion.recovered();
    this.#recovery = "none";
    this.#lostTo = 0;
    this.#hole = this.una;
  }

  /** Whether enough has arrived after a gap to call it lost. */
  #judge(): void {
    if (this.#recovery === "none") {
      const isLost = this.#duplicates >= DUPLICATES || this.#held.size >= DUPLICATES * this.mss;
      if (!isLost || this.nxt === this.una) return;
      this.#recovery = "fast";
      this.#recover = this.nxt;
      this.#hole = this.una;
      this.#lostTo = this.una + this.mss;
      this.#timedPlace = -1;
      this.#congestion.lose(this.nxt - this.una);
    }
    if (this.#recovery === "fast" && this.maySack) this.#lostTo = Math.max(this.#lostTo, this.#held.end);
    this.#lostTo = Math.min(this.#lostTo, this.nxt);
  }

  /** RFC 6298, and Karn: what was sent twice is not measured. */
  #measure(place: number, nowMs: number): void {
    if (this.#timedPlace < 0 || place < this.#timedPlace) return;
    const round = nowMs - this.#timedMs;
    this.#timedPlace = -1;
    if (this.#roundMs === 0) {
      this.#roundMs = Math.max(1, round);
      this.#variationMs = round / 2;
    } else {
      this.#variationMs = 0.75 * this.#variationMs + 0.25 * Math.abs(this.#roundMs - round);
      this.#roundMs = 0.875 * this.#roundMs + 0.125 * round;
    }
    this.#baseMs = Math.max(RTO_MIN, this.#roundMs + 4 * this.#variationMs);
  }

  /** Sends what may be sent: first what was lost. Returns when it is to be looked after. */
  output(nowMs: number): number {
    this.isHeld = false;
    while (this.#mayGoOn() && (this.#again() || this.#anew(nowMs)));
    if (this.dueMs === 0 && (this.nxt > this.una || this.nxt < this.#limit)) this.dueMs = nowMs + this.#rtoMs;
    if (this.isHeld) return nowMs + HELD_MS;
    return this.dueMs > 0 ? this.dueMs : Number.POSITIVE_INFINITY;
  }

  #mayGoOn(): boolean {
    this.isHeld = !this.#takesMore();
    return !this.isHeld;
  }

  #again(): boolean {
    if (this.#recovery === "none" || this.#hole >= this.#lostTo) return false;
    const from = this.#held.gap(this.#hole);
    const to = Math.min(from + this.mss, this.#lostTo, this.#held.next(from));
    this.#hole = from;
    if (from >= this.#lostTo || from >= this.nxt) return false;
    // the first one is sent whatever the window is: without it nothing is acknowledged
    if (from > this.una && this.#pipe > 0 && this.#pipe + (to - from) > this.#congestion.window) return false;
    this.#hole = to;
    this.#transmit(from, to - from);
    return true;
  }

  #anew(nowMs: number): boolean {
    const left = this.#limit - this.nxt;
    if (left <= 0) return false;
    const pipe = this.#pipe;
    const room = this.window - (this.nxt - this.una);
    const size = Math.min(left, this.mss, Math.max(0, room));
    const isEnd = left === 1 && this.isEnding; // FIN takes no room in the window
    if (size <= 0 && !isEnd) return false;
    if (size < this.mss && size < left && pipe > 0) return false; // rather a whole one later
    if (pipe > 0 && pipe + size > this.#congestion.window) return false;
    if (this.nxt === this.una) this.dueMs = nowMs + this.#rtoMs;
    this.#transmit(this.nxt, isEnd ? 1 : size);
    this.nxt += isEnd ? 1 : size;
    if (this.#timedPlace >= 0) return true;
    this.#timedPlace = this.nxt;
    this.#timedMs = nowMs;
    return true;
  }

  /** Nothing was heard in time. False where there is no use in going on. */
  timeout(nowMs: number): boolean {
    this.dueMs = 0;
    if (this.nxt === this.una && this.nxt === this.#limit) return true;
    if (++this.retries > RETRIES_MAX) return false;
    this.#backoff *= 2;
    this.#timedPlace = -1;
    if (this.nxt === this.una) this.#probe();
    else this.#startOver();
    this.output(nowMs);
    return true;
  }

  /** The window is shut: one octet asks whether it is open again. */
  #probe(): void {
    if (this.window > 0) return;
    this.#transmit(this.nxt, 1);
    this.nxt++;
  }

  /** All that is on its way is taken to be lost, held or not: what was held may have been let go. */
  #startOver(): void {
    this.#congestion.collapse(this.nxt - this.una);
    this.#recovery = "timeout";
    this.#recover = this.nxt;
    this.#held.clear();
    this.#hole = this.una;
    this.#lostTo = this.nxt;
    this.#duplicates = 0;
  }

  /** Whether nothing waits, and nothing is on its way. */
  get isIdle(): boolean {
    return this.una === this.#limit;
  }
}
