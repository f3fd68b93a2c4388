// A link that comes back: when it is cut off it is opened again, at once and then after longer and longer waits. Frames
// are lost meanwhile, as on a cable that was pulled out.

import { BaseLink } from "./base-link.js";
import type { Frame, Link } from "./link.js";
import { isFinal, Retry, type RetryOptions } from "./retry.js";

export interface ReconnectOptions extends RetryOptions {
  /** Hears of each end and each return; of an end, whether it had held for a good while. */
  readonly ontold?: (isUp: boolean, reason?: Error, wasGood?: boolean) => void;
}

/** What people are told of it: one line when it is gone, and one when it is back. What holds for no while is told of once. */
export class Outage {
  readonly #say: (text: string) => void;
  readonly #inWords: (reason: Error) => string;
  #isTold = false;
  #wasLost = false;

  constructor(say: (text: string) => void, inWords: (reason: Error) => string) {
    this.#say = say;
    this.#inWords = inWords;
  }

  begins(reason: Error | undefined, wasGood = false): void {
    const isNews = wasGood || !this.#wasLost;
    this.#wasLost = true;
    if (!isNews) return;
    this.#isTold = true;
    this.#say(
      `${reason === undefined ? "its other end is gone" : this.#inWords(reason)}; it is opened again when it can be`,
    );
  }

  over(): void {
    if (this.#isTold) this.#say("back");
    this.#isTold = false;
  }
}

class ReconnectingLink extends BaseLink {
  override readonly isDistant = true;
  hasRoom?: (octets: number) => boolean;
  readonly #dial: () => Promise<Link>;
  readonly #options: ReconnectOptions;
  readonly #retry: Retry;
  #link: Link;
  #isUp = false;

  constructor(first: Link, dial: () => Promise<Link>, options: ReconnectOptions) {
    super(first.name);
    this.#dial = dial;
    this.#options = options;
    this.#retry = new Retry(options);
    this.#link = first;
    this.#use(first);
  }

  override get name(): string {
    return this.#link.name;
  }

  send(frame: Frame): boolean {
    return this.#isUp && this.#link.send(frame);
  }

  protected shut(): void {
    this.#isUp = false;
    this.#retry.stop();
    this.#link.close();
  }

  #use(link: Link): void {
    this.#link = link;
    this.#isUp = true;
    this.#retry.up();
    link.onframe = (frame) => this.take(frame);
    link.hasRoom = (octets) => this.hasRoom?.(octets) ?? true;
    link.onclose = (reason) => this.#lose(reason);
  }

  #lose(reason?: Error): void {
    if (!this.isOpen) return;
    this.#isUp = false;
    this.#options.ontold?.(false, reason, this.#retry.down());
    if (isFinal(reason)) this.end(reason);
    else this.#retry.again(() => void this.#try());
  }

  async #try(): Promise<void> {
    try {
      const link = await this.#dial();
      if (!this.isOpen) return link.close();
      this.#use(link);
      this.#options.ontold?.(true);
    } catch (error) {
      if (!this.isOpen) return;
      if (isFinal(error)) this.end(error);
      else this.#retry.again(() => void this.#try());
    }
  }
}

/** A link that is there, and is opened again whenever it is cut off, until it is closed. */
export function comingBack(first: Link, dial: () => Promise<Link>, options: ReconnectOptions): Link {
  return new ReconnectingLink(first, dial, options);
}

/** Opens a link that is opened again whenever it is cut off, until it is closed. Throws where it cannot be opened at first. */
export async function reconnecting(dial: () => Promise<Link>, options: ReconnectOptions): Promise<Link> {
  return new ReconnectingLink(await dial(), dial, options);
}
