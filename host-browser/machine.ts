// The network card of an emulated machine as a link. An emulator takes a frame at any moment and forgets those that its
// card has no room for, without a word; and it must not be broken by what a frame of its guest sets off.

import { BaseLink } from "../host/base-link.js";
import type { Frame } from "../host/link.js";
import { browserClock } from "./clock.js";

/** An emulator, as seen from its network. */
export interface Machine {
  /** Gives a frame to the guest's card, which copies it. */
  send(frame: Frame): void;
  /** To be called for each frame of the guest's. It may be a view of memory that changes. */
  onframe: (frame: Frame) => void;
}

/** How fast a card takes frames: what its ring holds, and how long the guest needs to empty it. */
export interface Pace {
  /** Frames in one go. */
  readonly burst: number;
  /** Milliseconds from one to the next. With 0, the next turn of the event loop. */
  readonly pauseMs: number;
  /** Frames that wait at most; one more is lost. */
  readonly waiting: number;
}

/** For a card that the emulator gives room enough. */
export const QUICK: Pace = { burst: 256, pauseMs: 0, waiting: 1024 };

export interface MachineOptions {
  readonly name?: string;
  readonly pace?: Pace;
  /** Hears what broke outside of the machine while it sent. The machine runs on. By default the page's console does. */
  readonly onerror?: (error: unknown) => void;
}

export class MachineLink extends BaseLink {
  /** Frames that the machine had no room for. */
  lost = 0;
  readonly #machine: Machine;
  readonly #pace: Pace;
  readonly #onerror: (error: unknown) => void;
  #queue: Frame[] = [];
  #isDue = false;

  constructor(machine: Machine, { name = "machine", pace = QUICK, onerror = reportError }: MachineOptions = {}) {
    super(name);
    this.#machine = machine;
    this.#pace = pace;
    this.#onerror = onerror;
    machine.onframe = (frame) => this.#hear(frame);
  }

  send(frame: Frame): boolean {
    if (!this.isOpen || this.#queue.length >= this.#pace.waiting) {
      this.lost++;
      return false;
    }
    this.#queue.push(frame.slice());
    this.#schedule(0);
    return true;
  }

  protected shut(): void {
    this.#queue = [];
    this.#machine.onframe = () => {};
  }

  /** Copies, since the machine goes on writing there; and lets no mistake of others into the machine. */
  #hear(frame: Frame): void {
    try {
      this.take(frame.slice());
    } catch (error) {
      this.#onerror(error);
    }
  }

  /** In a turn of its own: a machine that gets a frame while it sends one would be entered twice. */
  #schedule(delayMs: number): void {
    if (this.#isDue) return;
    this.#isDue = true;
    browserClock.after(delayMs, () => this.#give());
  }

  #give(): void {
    this.#isDue = false;
    for (const frame of this.#queue.splice(0, this.#pace.burst)) {
      if (!this.isOpen) return;
      try {
        this.#machine.send(frame);
      } catch (error) {
        this.#onerror(error);
      }
    }
    if (this.#queue.length > 0) this.#schedule(this.#pace.pauseMs);
  }
}

/** The card of any emulator that can send a frame to its guest, and tells of those that the guest sends. */
export function emulator(machine: Machine, options?: MachineOptions): MachineLink {
  return new MachineLink(machine, options);
}
