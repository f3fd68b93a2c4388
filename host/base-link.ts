// What all links have in common. They close once, and nothing comes of them after that. Frames that come before anybody
// listens are held, within limits, for the first who does; an end that nobody heard of is told to the first who asks.

import type { Frame, Link } from "./link.js";

/** As much as a socket of the kernel holds for a reader who is late. */
const HELD_FRAMES = 512;
const HELD_OCTETS = 1 << 18;

export abstract class BaseLink implements Link {
  isDistant = false;
  /** Frames that were lost because nobody listened for long. */
  unheard = 0;
  readonly #name: string;
  #held: Frame[] = [];
  #heldOctets = 0;
  /** Where frames go: to the listener, or into what is held as long as it is not empty. */
  #hear: (frame: Frame) => void = (frame) => this.#hold(frame);
  #onframe: ((frame: Frame) => void) | undefined;
  #onclose: ((reason?: Error) => void) | undefined;
  /** An end that was not told yet. */
  #untold: { readonly reason: Error | undefined } | undefined;
  #isTelling = false;
  #isOpen = true;

  constructor(name: string) {
    this.#name = name;
  }

  get name(): string {
    return this.#name;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get onframe(): (frame: Frame) => void {
    return this.#hear;
  }

  set onframe(listener: (frame: Frame) => void) {
    this.#onframe = listener;
    if (this.#held.length > 0) this.#tellSoon();
    else this.#hear = listener;
  }

  get onclose(): (reason?: Error) => void {
    return this.#onclose ?? (() => {});
  }

  set onclose(listener: (reason?: Error) => void) {
    this.#onclose = listener;
    if (this.#untold !== undefined) this.#tellSoon();
  }

  abstract send(frame: Frame): boolean;

  close(): void {
    this.#held = []; // whoever closes it wants no more of it
    this.end();
  }

  /** Hands on a frame, as long as somebody may want it. */
  protected take(frame: Frame): void {
    if (this.#isOpen) this.#hear(frame);
  }

  protected end(reason?: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.shut();
    this.#untold = { reason };
    if (!this.#isTelling) this.#tellEnd();
  }

  /** Lets go of what is behind the link. Runs once. */
  protected abstract shut(): void;

  #hold(frame: Frame): void {
    if (this.#held.length >= HELD_FRAMES || this.#heldOctets + frame.length > HELD_OCTETS) this.unheard++;
    else {
      this.#held.push(new Uint8Array(frame)); // a copy, whatever kind of view it was
      this.#heldOctets += frame.length;
    }
  }

  /** Not while a listener is being set: whoever does that is not ready for frames yet. */
  #tellSoon(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    void Promise.resolve().then(() => {
      try {
        this.#handHeld();
      } catch (error) {
        this.end(error as Error); // what a frame breaks ends this link, and nothing else
      }
      this.#isTelling = false;
      this.#tellEnd();
    });
  }

  #handHeld(): void {
    for (let next = 0; this.#onframe !== undefined && next < this.#held.length; next++)
      this.#onframe(this.#held[next]!);
    if (this.#onframe === undefined) return;
    this.#held = [];
    this.#heldOctets = 0;
    this.#hear = this.#onframe;
  }

  #tellEnd(): void {
    if (this.#untold === undefined || this.#onclose === undefined) return;
    const { reason } = this.#untold;
    this.#untold = undefined;
    this.#onclose(reason);
  }
}
