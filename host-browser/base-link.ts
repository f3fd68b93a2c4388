// What all links of a page have in common: they close once, and nothing comes of them after that.

import type { Frame, Link } from "../host/link.js";

export abstract class BaseLink implements Link {
  readonly name: string;
  onframe: (frame: Frame) => void = () => {};
  onclose: (reason?: Error) => void = () => {};
  #isOpen = true;

  constructor(name: string) {
    this.name = name;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  abstract send(frame: Frame): boolean;

  close(): void {
    this.end();
  }

  /** Hands on a frame, as long as somebody may want it. */
  protected take(frame: Frame): void {
    if (this.#isOpen) this.onframe(frame);
  }

  protected end(reason?: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.shut();
    this.onclose(reason);
  }

  /** Lets go of what is behind the link. Runs once. */
  protected abstract shut(): void;
}
