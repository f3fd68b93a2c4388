// An end of a cable as a Link: frames one by one, for a switch that is not fed by descriptors, a wire, a program.

import { BaseLink } from "../../host/base-link.js";
import type { Frame, Link } from "../../host/link.js";
import { EPOLLIN, EPOLLOUT } from "../native/epoll.js";
import { BATCH_COUNT, Batch } from "./batch.js";
import { handFinished } from "./offload.js";
import { reactor } from "./reactor.js";
import { ENDED, isSide, type Opened, type Side } from "./side.js";

/** Frames that wait for room, in octets. What is beyond is refused, and so lost. */
const BACKLOG = 1 << 20;

/** A segment, until it is taken. */
const segmentRoom = new Uint8Array(9_280);

/** A Link over an end of a cable, which is closed with it. */
export class SideLink extends BaseLink {
  readonly side: Side;
  readonly #backlog = new Batch(BACKLOG);
  #end = 0;
  #isFull = false;
  #isDue = false;

  constructor(side: Side) {
    super(side.name);
    this.side = side;
    side.onend = (reason) => this.end(reason);
    this.isDistant = side.isDistant ?? false;
    this.#watch();
    if (side.isOver) this.end();
  }

  send(frame: Frame): boolean {
    if (!this.isOpen) return false;
    if (!this.#hasRoom(frame) && !this.#isFull) this.#flush();
    if (!this.isOpen || !this.#hasRoom(frame) || !this.#backlog.add(this.#end, frame.length)) return false;
    this.#backlog.octets.set(frame, this.#end);
    this.#end += frame.length;
    this.#flushSoon();
    return true;
  }

  #hasRoom({ length }: Frame): boolean {
    return this.#end + length <= BACKLOG && this.#backlog.count < BATCH_COUNT;
  }

  /** Frames that are sent together go out together: as soon as whoever sends them has done. */
  #flushSoon(): void {
    if (this.#isFull || this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (!this.#isFull) this.#attempt(() => this.#flush());
    });
  }

  override close(): void {
    if (!this.#isFull) this.#flush();
    super.close();
  }

  #watch(): void {
    const { input, output } = this.side;
    if (input >= 0) reactor().watch(input, EPOLLIN, (events) => this.#attempt(() => this.#serve(events)));
    if (output >= 0 && output !== input) reactor().watch(output, 0, () => this.#attempt(() => this.#flush()));
  }

  /** What a frame breaks ends this link, and nothing else. */
  #attempt(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.end(error as Error);
    }
  }

  #serve(events: number): void {
    if ((events & EPOLLOUT) !== 0) this.#flush();
    if (this.isOpen && (events & ~EPOLLOUT) !== 0) this.#read();
  }

  #read(): void {
    const { side } = this;
    do {
      if (side.read() === ENDED) this.end();
      for (let i = 0; i < side.batch.count && this.isOpen; i++) {
        if (side.heads) handFinished(side.batch, i, segmentRoom, (frame) => this.take(frame));
        else this.take(side.batch.frame(i));
      }
    } while (side.holdsMore && this.isOpen);
    side.batch.clear();
  }

  /** Sends what waits. A side that does not take it all is watched until it has room. */
  #flush(): void {
    const backlog = this.#backlog;
    if (!this.isOpen) return;
    if (this.side.write(backlog) === ENDED) this.end();
    if (!this.isOpen) return;
    const isFull = !backlog.isEmpty || this.side.isHeld;
    if (backlog.isEmpty) {
      backlog.clear();
      this.#end = 0;
    }
    if (isFull !== this.#isFull) this.#wantRoom(isFull);
  }

  #wantRoom(isFull: boolean): void {
    const { input, output } = this.side;
    this.#isFull = isFull;
    reactor().change(output, (output === input ? EPOLLIN : 0) | (isFull ? EPOLLOUT : 0));
  }

  protected shut(): void {
    for (const fd of new Set([this.side.input, this.side.output])) reactor().forget(fd);
    void this.side.close();
  }
}

/** What was opened as a Link, whatever it is. */
export function linkOf(opened: Opened): Link {
  return isSide(opened) ? (opened.toLink?.() ?? new SideLink(opened)) : opened;
}
