// One direction of a wire. A frame that nothing holds up passes at once, from where it lies; what is to wait is kept, first
// for the bandwidth, then for its delay. The host says what time it is, and takes what is due.

import { Agenda } from "./agenda.js";
import { Codel } from "./codel.js";
import { Faults } from "./faults.js";
import type { Settings } from "./parameters.js";
import { Statistics } from "./statistics.js";
import { ARRIVED, DELAY_MS, NEXT, NONE, SEND_MS, SIZE, Store } from "./store.js";
import type { Direction } from "./value.js";

/** VDE counts a frame with the two octets that its streams have before it. */
const HEADER = 2;

/** Takes a frame, and does not keep it. False where it has no room now. */
export type Take = (octets: Uint8Array, at: number, size: number) => boolean;

export class Channel {
  readonly statistics = new Statistics();
  readonly direction: Direction;
  /** Whether no frame overtakes another. */
  isFifo = true;
  /** Runs for each frame that leaves, with its octets and the header's. */
  onleave: ((octets: number) => void) | undefined;
  /** When the interface is free to take another frame: `speed`. */
  inputFreeMs = 0;
  /** Octets that wait, with their headers, and frames. */
  queuedOctets = 0;
  queued = 0;
  readonly #faults: Faults;
  readonly #store = new Store();
  readonly #agenda = new Agenda();
  #codel = new Codel();
  #isClear = true;
  /** What waits for the bandwidth: a list through the store. */
  #head = NONE;
  #tail = NONE;
  #waiting = 0;
  #waitingOctets = 0;
  #lineFreeMs = Number.NEGATIVE_INFINITY;
  #lastDueMs = 0;

  constructor(seed: number, direction: Direction) {
    this.direction = direction;
    this.#faults = new Faults(seed, direction);
  }

  get settings(): Settings {
    return this.#faults.settings;
  }

  set settings(settings: Settings) {
    this.#faults.settings = settings;
    this.#isClear = this.#faults.areNone;
  }

  reseed(seed: number): void {
    this.#faults.reseed(seed, this.direction);
  }

  /** Whether every frame passes at once, as it is. */
  get isClear(): boolean {
    return this.#isClear && this.queued === 0 && this.onleave === undefined;
  }

  /** Counts frames of a channel that is clear, all at once. */
  passClear(frames: number, octets: number, nowMs: number): void {
    this.statistics.received += frames;
    this.statistics.pass(frames, octets, 0, nowMs);
  }

  /** Lets a frame in. True where it passes at once; where it does not, it is lost or kept, and no more the caller's. */
  put(octets: Uint8Array, at: number, size: number, nowMs: number): boolean {
    const { statistics, settings } = this;
    if (this.isClear) {
      this.passClear(1, size, nowMs);
      return true;
    }
    statistics.received++;
    const longest = settings.mtu.value - settings.mtu.plus;
    if (longest > 0 && size + HEADER > longest) return this.#lose("mtu");
    if (this.#faults.isLost()) return this.#lose("loss");
    this.#serve(nowMs);
    const copies = this.#faults.copies();
    statistics.duplicated += copies - 1;
    for (let copy = 1; copy < copies; copy++) this.#enter(octets, at, size, nowMs, false);
    return this.#enter(octets, at, size, nowMs, copies === 1);
  }

  /** When something is due. */
  get nextMs(): number {
    return this.#head === NONE ? this.#agenda.nextMs : Math.min(this.#agenda.nextMs, this.#startMs());
  }

  /** Hands out what is due, one after the other, as many as `limit`, as long as there is room. */
  release(nowMs: number, take: Take, limit = Number.POSITIVE_INFINITY): number {
    this.#serve(nowMs);
    let count = 0;
    while (count < limit && this.#agenda.nextMs <= nowMs) {
      const { nextMs: dueMs, nextOrder: order } = this.#agenda;
      const place = this.#agenda.pop();
      const size = this.#store.get(place, SIZE);
      if (!take(this.#store.octets(place), this.#store.at(place), size)) {
        this.#agenda.push(dueMs, place, order);
        break;
      }
      this.statistics.pass(1, size, nowMs - this.#store.get(place, ARRIVED), nowMs);
      this.onleave?.(size + HEADER);
      this.#forget(place);
      count++;
    }
    return count;
  }

  /** Drops all that waits. */
  flush(): void {
    while (this.#head !== NONE) this.#discard(this.#shift());
    while (this.#agenda.count > 0) this.#discard(this.#agenda.pop());
    this.#codel = new Codel();
    this.#lineFreeMs = Number.NEGATIVE_INFINITY;
    this.#lastDueMs = 0;
    this.inputFreeMs = 0;
  }

  #discard(place: number): void {
    this.#forget(place);
    this.#lose("flush");
  }

  #lose(why: keyof Statistics["lost"]): false {
    this.statistics.lost[why]++;
    return false;
  }

  /** One copy of a frame: true where it passes at once. All chances are drawn, whatever becomes of it. */
  #enter(octets: Uint8Array, at: number, size: number, nowMs: number, mayPass: boolean): boolean {
    const unit = size + HEADER;
    const faults = this.#faults;
    const bandMs = faults.sendMs("bandwidth", unit);
    const speedMs = faults.sendMs("speed", unit);
    const isAhead = faults.isAhead();
    const delayMs = faults.delayMs();
    const rate = faults.errorRate();
    const error = rate > 0 ? faults.nextError(0, rate) : Number.POSITIVE_INFINITY;
    if (this.queuedOctets + unit > faults.capacity()) return this.#lose("capacity");
    this.inputFreeMs = Math.max(this.inputFreeMs, nowMs) + speedMs;
    const waitMs = (isAhead ? 0 : delayMs) + (bandMs > 0 ? 0 : this.inputFreeMs - nowMs);
    const isHeldUp = bandMs > 0 || waitMs > 0 || this.#head !== NONE || (this.isFifo && !isAhead && this.queued > 0);
    if (mayPass && !isHeldUp && error >= 8 * size) return this.#leave(size, nowMs);
    if (bandMs > 0 && this.#isFull()) return this.#lose("qlen");
    const place = this.#store.put(octets, at, size);
    if (place === NONE) return this.#lose("memory");
    this.queued++;
    this.queuedOctets += unit;
    this.#store.set(place, ARRIVED, nowMs);
    if (error < 8 * size) this.#damage(place, size, error, rate);
    if (bandMs > 0 || this.#head !== NONE) this.#wait(place, unit, bandMs, isAhead ? -1 : delayMs);
    else this.#schedule(place, nowMs + waitMs, isAhead);
    return false;
  }

  #leave(size: number, nowMs: number): true {
    this.statistics.pass(1, size, 0, nowMs);
    this.onleave?.(size + HEADER);
    return true;
  }

  #isFull(): boolean {
    const { value } = this.settings.qlen;
    return value > 0 && this.#waiting >= value;
  }

  #damage(place: number, size: number, first: number, rate: number): void {
    const [octets, at] = [this.#store.octets(place), this.#store.at(place)];
    if (rate >= 1) for (let i = 0; i < size; i++) octets[at + i]! ^= 0xff;
    else this.#flip(octets, at, size, first, rate);
    this.statistics.corrupted++;
  }

  #flip(octets: Uint8Array, at: number, size: number, first: number, rate: number): void {
    for (let bit = first; bit < 8 * size; bit = this.#faults.nextError(bit + 1, rate)) {
      octets[at + (bit >>> 3)]! ^= 1 << (bit & 7);
    }
  }

  /** Puts a frame at the end of what waits for the bandwidth. A delay below 0 is that of one who goes ahead. */
  #wait(place: number, unit: number, sendMs: number, delayMs: number): void {
    this.#store.set(place, SEND_MS, sendMs);
    this.#store.set(place, DELAY_MS, delayMs);
    this.#store.set(place, NEXT, NONE);
    if (this.#head === NONE) this.#head = place;
    else this.#store.set(this.#tail, NEXT, place);
    this.#tail = place;
    this.#waiting++;
    this.#waitingOctets += unit;
  }

  /** When the line begins to send what waits first. */
  #startMs(): number {
    return Math.max(this.#store.get(this.#head, ARRIVED), this.#lineFreeMs);
  }

  /** Sends what the line has begun to send by now: as if it had been looked after all the time. */
  #serve(nowMs: number): void {
    while (this.#head !== NONE) {
      const startMs = this.#startMs();
      if (startMs > nowMs) return;
      this.#send(this.#shift(), startMs);
    }
  }

  /** Takes the first of what waits for the bandwidth. */
  #shift(): number {
    const place = this.#head;
    this.#head = this.#store.get(place, NEXT);
    this.#waiting--;
    this.#waitingOctets -= this.#store.get(place, SIZE) + HEADER;
    return place;
  }

  #send(place: number, startMs: number): void {
    const { codel, burst, bandwidth } = this.settings;
    const arrivedMs = this.#store.get(place, ARRIVED);
    if (codel.value > 0 && this.#codel.drops(codel.value, startMs, startMs - arrivedMs, this.#waitingOctets)) {
      this.#forget(place);
      this.#lose("codel");
      return;
    }
    const credit = burst.value > 0 && bandwidth.value > 0 ? (1000 * burst.value) / bandwidth.value : 0;
    this.#lineFreeMs = Math.max(this.#lineFreeMs, arrivedMs - credit) + this.#store.get(place, SEND_MS);
    const delayMs = this.#store.get(place, DELAY_MS);
    this.#schedule(place, Math.max(arrivedMs, this.#lineFreeMs) + Math.max(0, delayMs), delayMs < 0);
  }

  #schedule(place: number, wantedMs: number, isAhead: boolean): void {
    const dueMs = this.isFifo && !isAhead ? Math.max(wantedMs, this.#lastDueMs) : wantedMs;
    if (!isAhead) this.#lastDueMs = dueMs;
    this.#agenda.push(dueMs, place);
  }

  #forget(place: number): void {
    this.queued--;
    this.queuedOctets -= this.#store.get(place, SIZE) + HEADER;
    this.#store.free(place);
  }
}
