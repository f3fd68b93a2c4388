// Two links in this process, joined back to back: a cable without a transport.

import { BaseLink } from "./base-link.js";
import type { Frame, Link } from "./link.js";

/** Two links joined back to back: what one sends, the other gets. */
export function linkPair(): [Link, Link] {
  const [left, right] = [new PairEnd("left"), new PairEnd("right")];
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class PairEnd extends BaseLink {
  peer: PairEnd | undefined;

  send(frame: Frame): boolean {
    if (this.isOpen) this.peer?.take(frame);
    return this.isOpen;
  }

  protected shut(): void {
    this.peer?.end();
  }
}
