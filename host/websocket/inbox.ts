// Frames on their way from a WebSocket into a switch. A burst that finds no room waits here, and the socket is not read
// meanwhile: who sends it waits, too, and nothing is lost for the sake of a millisecond.

import type { Clock, Frame, Link } from "../link.js";

export interface InboxOptions {
  /** Whose frames they are. */
  readonly link: Link;
  readonly clock: Clock;
  /** Stops reading the socket, as far as it can be, and goes on. */
  pause(): void;
  resume(): void;
}

/** More than a socket brings after it was paused; in a page, which cannot pause one, what is beyond is lost. */
const HELD_MAX = 1 << 18;
const LOOK_MS = 1;

export class Inbox {
  /** Frames that were lost because the switch took none for long. */
  lost = 0;
  readonly #options: InboxOptions;
  #held: Frame[] = [];
  #octets = 0;
  #callOff: () => void = () => {};

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Hands on a frame, and does not keep it, or keeps a copy for as long as it must. */
  give(frame: Frame): void {
    const { link } = this.#options;
    if (this.#held.length === 0 && hasRoom(link, frame)) link.onframe(frame);
    else if (this.#octets + frame.length > HELD_MAX) this.lost++;
    else this.#hold(new Uint8Array(frame));
  }

  /** Lets go of what waits. */
  close(): void {
    this.#callOff();
    this.#held = [];
    this.#octets = 0;
  }

  #hold(frame: Frame): void {
    this.#octets += frame.length;
    if (this.#held.push(frame) > 1) return;
    this.#options.pause();
    this.#lookLater();
  }

  #lookLater(): void {
    this.#callOff = this.#options.clock.after(LOOK_MS, () => this.#goOn());
  }

  #goOn(): void {
    const { link, resume } = this.#options;
    let count = 0;
    for (const frame of this.#held) {
      if (!hasRoom(link, frame)) break;
      count++;
      this.#octets -= frame.length;
      link.onframe(frame);
    }
    this.#held.splice(0, count);
    if (this.#held.length > 0) this.#lookLater();
    else resume();
  }
}

function hasRoom(link: Link, { length }: Frame): boolean {
  return link.hasRoom === undefined || link.hasRoom(length);
}
