// One direction of a cable with faults. Frames are looked at where they were read; those that pass at once go out from
// there, in batches, and only what waits is copied. While `speed` says that the interface is busy, and while the other end
// takes nothing, nothing is read, so that whoever sends is held up.

import type { Channel } from "../../host/wire/channel.js";
import type { Filter } from "../../host/wire/filter.js";
import type { Direction } from "../../host/wire/value.js";
import { BATCH_COUNT, Batch } from "../cable/batch.js";
import { ENDED, FRAME_MIN, type Side } from "../cable/side.js";
import type { Way } from "../cable/way.js";
import { nodeClock } from "../clock.js";
import { POLLIN, POLLOUT, type PollSet } from "../native/poll.js";

const NOTHING = -1;
/** What is due goes out in batches of so many octets. */
const OUT_OCTETS = 1 << 20;
/** How long what waits may still leave after the end of the input. */
const LINGER_MS = 10_000;
/** How long frames may be looked at before others have their turn: many copies with wrong bits take their time. */
const LOOK_MS = 4;
const LOOK_FRAMES = 16;
/** Batches of what is due that leave before others have their turn. */
const RELEASES = 16;

export class FilteredWay implements Way {
  readonly #from: Side;
  readonly #to: Side;
  readonly #filter: Filter;
  readonly #channel: Channel;
  /** What was due: copies, until they are written. */
  readonly #out = new Batch(OUT_OCTETS);
  #outEnd = 0;
  /** Of what was read, how much was looked at, how many there are, and when they came. */
  #looked = 0;
  #count = 0;
  #readMs = 0;
  #place = 0;
  #isReading = false;
  #endsMs = Number.POSITIVE_INFINITY;

  constructor(from: Side, to: Side, filter: Filter, direction: Direction) {
    this.#from = from;
    this.#to = to;
    this.#filter = filter;
    this.#channel = filter.channel(direction);
  }

  get #isBlocked(): boolean {
    return !this.#out.isEmpty || !this.#from.batch.isEmpty || this.#to.isHeld;
  }

  get #hasEnded(): boolean {
    return this.#endsMs < Number.POSITIVE_INFINITY;
  }

  get #mayRead(): boolean {
    return this.#looked === this.#count && !this.#hasEnded && this.#channel.inputFreeMs <= nodeClock.now();
  }

  get nextMs(): number {
    const { chain } = this.#filter;
    if (this.#isBlocked) return chain.nextMs;
    const readsMs = this.#isReading ? Number.POSITIVE_INFINITY : this.#channel.inputFreeMs;
    return Math.min(chain.nextMs, this.#channel.nextMs, this.#hasEnded ? this.#endsMs : readsMs);
  }

  ask(set: PollSet): void {
    this.#isReading = this.#mayRead;
    if (this.#isBlocked) this.#place = set.add(this.#to.output, POLLOUT);
    else this.#place = set.add(this.#isReading ? this.#from.input : NOTHING, POLLIN);
  }

  step(set: PollSet): boolean {
    const isReady = set.ready(this.#place) !== 0;
    const nowMs = nodeClock.now();
    this.#filter.chain.advance(nowMs);
    if (this.#isBlocked && !isReady) return true;
    if (!this.#write() || !this.#release(nowMs)) return false;
    if (!this.#isBlocked && this.#looked < this.#count && !this.#look(nowMs)) return false;
    if (isReady && !this.#read(nowMs)) return false;
    return !this.#hasEnded || (nowMs < this.#endsMs && (this.#channel.queued > 0 || this.#isBlocked));
  }

  flush(): boolean {
    if (!this.#write()) return true;
    return !this.#isBlocked && this.#to.unread() === 0;
  }

  /** Reads as long as there are frames that no descriptor tells of. False where nobody is at the other end. */
  #read(nowMs: number): boolean {
    do {
      if (this.#isBlocked || !this.#mayRead) return true;
      if (this.#from.read() === ENDED) {
        this.#endsMs = nowMs + LINGER_MS;
        return true;
      }
      this.#looked = 0;
      this.#count = this.#from.batch.count;
      this.#readMs = nowMs;
      if (!this.#look(nowMs)) return false;
    } while (this.#from.holdsMore);
    return true;
  }

  /** Looks at what was read, as far as the interface is free, and sends what passes. */
  #look(nowMs: number): boolean {
    const { batch } = this.#from;
    batch.first = 0;
    batch.count = this.#channel.isClear ? this.#passAll(batch, nowMs) : this.#passSome(batch, nowMs);
    return this.#write() && this.#release(nowMs);
  }

  #passAll(batch: Batch, nowMs: number): number {
    let [kept, octets] = [0, 0];
    for (; this.#looked < this.#count; this.#looked++) {
      if (batch.size[this.#looked]! < FRAME_MIN) continue;
      octets += batch.size[this.#looked]!;
      this.#keep(batch, kept++);
    }
    this.#channel.passClear(kept, octets, nowMs);
    return kept;
  }

  #passSome(batch: Batch, nowMs: number): number {
    let kept = 0;
    const until = nowMs + LOOK_MS;
    for (; this.#looked < this.#count; this.#looked++) {
      if (this.#looked % LOOK_FRAMES === 0 && nodeClock.now() > until) break;
      const [at, size] = [batch.at[this.#looked]!, batch.size[this.#looked]!];
      const arrivedMs = Math.max(this.#readMs, this.#channel.inputFreeMs);
      if (arrivedMs > nowMs) break;
      if (size >= FRAME_MIN && this.#channel.put(batch.octets, at, size, arrivedMs)) this.#keep(batch, kept++);
    }
    return kept;
  }

  #keep(batch: Batch, to: number): void {
    batch.at[to] = batch.at[this.#looked]!;
    batch.size[to] = batch.size[this.#looked]!;
  }

  /** Sends what is due, batch after batch, until the other end takes no more. */
  #release(nowMs: number): boolean {
    for (let i = 0; i < RELEASES && !this.#isBlocked && this.#channel.nextMs <= nowMs; i++) {
      const count = this.#channel.release(nowMs, (octets, at, size) => this.#copy(octets, at, size), BATCH_COUNT);
      if (count === 0) return true;
      if (!this.#write()) return false;
    }
    return true;
  }

  #copy(octets: Uint8Array, at: number, size: number): boolean {
    if (this.#outEnd + size > OUT_OCTETS || !this.#out.add(this.#outEnd, size)) return false;
    this.#out.octets.set(octets.subarray(at, at + size), this.#outEnd);
    this.#outEnd += size;
    return true;
  }

  /** Writes what was due and what passed. False where nobody is there. */
  #write(): boolean {
    for (const batch of [this.#out, this.#from.batch]) {
      if ((!batch.isEmpty || this.#to.isHeld) && this.#to.write(batch) === ENDED) return false;
      if (!batch.isEmpty) return true;
    }
    this.#out.clear();
    this.#outEnd = 0;
    return true;
  }
}
