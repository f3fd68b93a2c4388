// A one-way path of frames by messages, to somebody who may be slow. Messages are what costs, so that frames of one turn
// go in one; and messages have no limit of their own, so that no more is under way than the other end has room for.

import { VDE_FRAMING } from "../host/framing.js";
import type { Frame } from "../host/link.js";
import { BATCHED, MessageReader } from "../host/websocket/coding.js";
import { lengths, Outbox } from "../host/websocket/outbox.js";

/** Octets that may be under way, or wait to be: 1 MiB. */
const WINDOW = 1 << 20;
/** The receiver tells what it has taken in this many steps: each is a message too. */
const STEPS = 4;

/** The sender's end. */
export class PathOut {
  readonly #outbox: Outbox;
  #underWay = 0;

  /** `post` takes a message, and may keep it. */
  constructor(post: (message: Uint8Array) => void) {
    const write = (message: Uint8Array) => {
      this.#underWay += message.length;
      post(message);
    };
    const underWay = () => this.#underWay;
    const sink = {
      write,
      get waiting() {
        return underWay();
      },
    };
    this.#outbox = new Outbox({ sink, lead: lengths(VDE_FRAMING), limit: () => WINDOW });
  }

  /** Frames that found no room. */
  get lost(): number {
    return this.#outbox.lost;
  }

  send(frame: Frame): boolean {
    return this.#outbox.add(frame);
  }

  /** The receiver says that it has taken so many octets. It may be anybody, and say anything. */
  credit(octets: unknown): void {
    if (typeof octets === "number" && octets > 0) this.#underWay = Math.max(0, this.#underWay - octets);
  }

  flush(): void {
    this.#outbox.flush();
  }

  close(): void {
    this.#outbox.close();
  }
}

/** The receiver's end. */
export class PathIn {
  readonly #reader = new MessageReader(BATCHED);
  readonly #take: (frame: Frame) => void;
  readonly #credit: (octets: number) => void;
  #taken = 0;

  constructor(take: (frame: Frame) => void, credit: (octets: number) => void) {
    this.#take = take;
    this.#credit = credit;
  }

  /** Takes a message, which may be anything. Says whether it was one of frames. */
  hear(message: unknown): boolean {
    if (!(message instanceof Uint8Array)) return false;
    this.#reader.read(message, this.#take);
    this.#taken += message.length;
    if (this.#taken < WINDOW / STEPS) return true;
    this.#credit(this.#taken);
    this.#taken = 0;
    return true;
  }
}
