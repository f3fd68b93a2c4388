// What a stream of Wisp leads to: a name that is being looked up, or a connection.

import type { Stream } from "../../../host/slirp/backend.js";
import { costOf } from "../../gateway/stream.js";

/** How many packets of a stream a client may send before it hears that there is room for more. */
export const CREDIT = 64;
/** What is closed in order, and does not end by itself, is broken off. */
const CLOSING_MS = 10_000;
const IGNORE = () => {};

export interface Outside {
  /** Octets that wait for the world. */
  readonly queued: number;
  /** Whether what is beyond a rate may be lost, and is. */
  readonly isLossy?: true;
  write(octets: Uint8Array): void;
  /** Lets go of it: in order where the client says that it is done, else at once. */
  close(isDone: boolean): void;
  /** Makes the world wait as long as nothing more can be sent to the client. */
  hold(isHeld: boolean): void;
  /** The client takes so many more octets. */
  grant(octets: number): void;
}

/** A stream whose name is looked up: what is written meanwhile is kept. */
export class Pending implements Outside {
  readonly written: Uint8Array[] = [];
  granted = 0;
  queued = 0;

  write(octets: Uint8Array): void {
    this.written.push(octets);
    this.queued += costOf(octets);
  }

  grant(octets: number): void {
    this.granted += octets;
  }

  close(): void {}
  hold(): void {}
}

export interface ConnectionOptions {
  /** How much the client takes at first; undefined where it takes all. */
  readonly window: number | undefined;
  /** Whether it hears that the connection is there. */
  readonly confirms: boolean;
  /** Data, and of a client with a window an empty piece at their end. */
  readonly ondata: (octets: Uint8Array) => void;
  /** It is over, by an errno; without one, in order. */
  readonly onclose: (code?: string) => void;
  /** So many packets may come. */
  readonly oncredit: (count: number) => void;
  /** Less is queued than before. */
  readonly ondrain: () => void;
  /** One more, or one less, that is closed and has not ended. */
  readonly onlinger: (change: 1 | -1) => void;
}

const END = new Uint8Array();

export class Connection implements Outside {
  readonly #socket: Stream;
  readonly #options: ConnectionOptions;
  #used = 0;
  #window: number;
  #isHeld = false;
  #isPaused = false;
  #hasEnded = false;
  #isEnding = false;

  constructor(socket: Stream, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#window = options.window ?? Number.POSITIVE_INFINITY;
    socket.onconnect = () => {
      if (options.confirms) options.oncredit(CREDIT);
    };
    socket.ondata = (octets) => {
      this.#window -= octets.length;
      this.#pace();
      options.ondata(octets);
    };
    socket.onend = () => this.#ended();
    socket.onerror = (code) => options.onclose(code);
    socket.ondrain = () => this.#drained();
  }

  get queued(): number {
    return this.#socket.queued;
  }

  /** Nothing at all, of a client with a window, is the end. */
  write(octets: Uint8Array): void {
    if (octets.length === 0 && this.#options.window !== undefined) {
      this.#isEnding = true;
      this.#socket.end();
      if (this.#hasEnded) this.#options.onclose();
      return;
    }
    this.#used++;
    if (octets.length > 0) this.#socket.write(octets);
    else this.#drained();
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#pace();
  }

  grant(octets: number): void {
    this.#window += octets;
    this.#pace();
  }

  close(isDone: boolean): void {
    const socket = this.#socket;
    socket.ondata = IGNORE;
    socket.ondrain = IGNORE;
    if (!isDone) socket.destroy();
    else {
      if (!this.#isEnding) socket.end();
      if (!this.#hasEnded) this.#linger();
    }
  }

  /** The world has not said that it is done, too. */
  #linger(): void {
    const { onlinger } = this.#options;
    const socket = this.#socket;
    const over = () => {
      clearTimeout(timer);
      socket.onend = IGNORE;
      socket.onerror = IGNORE;
      onlinger(-1);
    };
    const timer = setTimeout(() => {
      over();
      socket.destroy();
    }, CLOSING_MS).unref();
    onlinger(1);
    socket.onend = over;
    socket.onerror = over;
    socket.resume();
  }

  #pace(): void {
    const isPaused = this.#isHeld || this.#window <= 0;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#socket.pause();
    else this.#socket.resume();
  }

  #ended(): void {
    this.#hasEnded = true;
    const hasEnds = this.#options.window !== undefined;
    if (hasEnds) this.#options.ondata(END);
    if (!hasEnds || this.#isEnding) this.#options.onclose();
  }

  #drained(): void {
    this.#options.ondrain();
    if (this.#used < CREDIT / 2 || this.#socket.queued > 0) return;
    this.#used = 0;
    this.#options.oncredit(CREDIT);
  }
}
