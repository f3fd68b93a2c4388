// A link that comes back: when it is cut off it is opened again, at once and then after longer and longer waits. Frames
// are lost meanwhile, as on a cable that was pulled out.

import { SwitchError } from "./errors.js";
import type { Clock, Frame, Link } from "./link.js";

export interface ReconnectOptions {
  readonly clock: Clock;
  /** A number from 0 to 1, by chance: a thousand clients of one server shall not come back in the same moment. */
  readonly chance: () => number;
  /** Hears of each end and each return. */
  readonly ontold?: (isUp: boolean, reason?: Error) => void;
}

const FIRST_MS = 250;
const LAST_MS = 30_000;
/** A link that held so long is tried again at once. */
const GOOD_MS = 10_000;

/** What another try would not mend: somebody else has our place, or we are not wanted. */
function isFinal(reason: unknown): reason is SwitchError {
  return reason instanceof SwitchError && (reason.code === "EBUSY" || reason.code === "EACCES");
}

class ReconnectingLink implements Link {
  onframe: (frame: Frame) => void = () => {};
  onclose: (reason?: Error) => void = () => {};
  readonly #dial: () => Promise<Link>;
  readonly #options: ReconnectOptions;
  #link: Link;
  #isUp = false;
  #isOpen = true;
  #upMs = 0;
  #waitMs = 0;
  #callOff: () => void = () => {};

  constructor(first: Link, dial: () => Promise<Link>, options: ReconnectOptions) {
    this.#dial = dial;
    this.#options = options;
    this.#link = first;
    this.#use(first);
  }

  get name(): string {
    return this.#link.name;
  }

  send(frame: Frame): boolean {
    return this.#isUp && this.#link.send(frame);
  }

  close(): void {
    this.#shut();
  }

  #shut(reason?: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#isUp = false;
    this.#callOff();
    this.#link.close();
    this.onclose(reason);
  }

  #use(link: Link): void {
    this.#link = link;
    this.#isUp = true;
    this.#upMs = this.#options.clock.now();
    link.onframe = (frame) => this.onframe(frame);
    link.onclose = (reason) => this.#lose(reason);
  }

  #lose(reason?: Error): void {
    if (!this.#isOpen) return;
    this.#isUp = false;
    this.#options.ontold?.(false, reason);
    if (this.#options.clock.now() - this.#upMs >= GOOD_MS) this.#waitMs = 0;
    if (isFinal(reason)) this.#shut(reason);
    else this.#retry();
  }

  #retry(): void {
    const { clock, chance } = this.#options;
    const delayMs = this.#waitMs * (0.5 + chance() / 2);
    this.#waitMs = Math.min(LAST_MS, this.#waitMs === 0 ? FIRST_MS : 2 * this.#waitMs);
    this.#callOff = clock.after(delayMs, () => void this.#try());
  }

  async #try(): Promise<void> {
    try {
      const link = await this.#dial();
      if (!this.#isOpen) return link.close();
      this.#use(link);
      this.#options.ontold?.(true);
    } catch (error) {
      if (!this.#isOpen) return;
      if (isFinal(error)) this.#shut(error);
      else this.#retry();
    }
  }
}

/** Opens a link that is opened again whenever it is cut off, until it is closed. Throws where it cannot be opened at first. */
export async function reconnecting(dial: () => Promise<Link>, options: ReconnectOptions): Promise<Link> {
  return new ReconnectingLink(await dial(), dial, options);
}
