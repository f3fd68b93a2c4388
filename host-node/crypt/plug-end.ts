// A client's plug in the switch: it takes what the client sends, waits for room as long as a little memory lasts, and is
// opened anew where the switch was restarted.

import type { Frame, Link } from "../../host/link.js";
import { Batch } from "../cable/batch.js";
import { finishAll } from "../cable/offload.js";
import { ENDED, isSide, type Opened, type Side } from "../cable/side.js";
import { EPOLLIN, EPOLLOUT } from "../native/epoll.js";
import { POLLOUT, PollSet } from "../native/poll.js";
import { FRAME_MAX } from "./layout.js";

/** Frames that wait for room in the switch, in octets. What is beyond is lost. */
const BACKLOG = 1 << 19;
const REOPEN_MS = 1_000;
/** A full switch is waited for so long; after it, other clients are served until it has room. */
const WAIT_MS = 4;

/** Tells of descriptors. */
export interface Watcher {
  watch(fd: number, events: number, ready: (events: number) => void): void;
  change(fd: number, events: number): void;
  forget(fd: number): void;
}

export interface PlugEndOptions {
  readonly watcher: Watcher;
  readonly open: () => Promise<Opened>;
  /** Gets frames from the switch. */
  readonly onframes: (batch: Batch) => void;
  readonly log: (text: string) => void;
}

export class PlugEnd {
  readonly #options: PlugEndOptions;
  #side: Side | undefined;
  #link: Link | undefined;
  #backlog: Batch | undefined;
  #end = 0;
  #isFull = false;
  #isOpen = true;
  #timer: NodeJS.Timeout | undefined;
  readonly #room = new PollSet();

  constructor(options: PlugEndOptions) {
    this.#options = options;
    void this.#open();
  }

  /** Takes frames of the client. */
  write(batch: Batch): void {
    if (this.#side?.heads !== true) finishAll(batch);
    if (this.#link !== undefined) {
      for (let i = batch.first; i < batch.count; i++) this.#link?.send(batch.frame(i)); // it may close by what it hears
    } else if (this.#side !== undefined && !this.#isFull) this.#push(this.#side, batch);
    if (this.#side !== undefined && !batch.isEmpty) this.#keep(batch);
    batch.first = batch.count;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#letGo();
  }

  async #open(): Promise<void> {
    try {
      const opened = await this.#options.open();
      if (!this.#isOpen) return void opened.close();
      if (isSide(opened)) this.#useSide(opened);
      else this.#useLink(opened);
    } catch (error) {
      this.#options.log((error as Error).message);
      this.#reopen();
    }
  }

  #useSide(side: Side): void {
    const { watcher } = this.#options;
    this.#side = side;
    side.onend = () => this.#lost();
    watcher.watch(side.input, EPOLLIN, (events) => this.#serve(side, events));
    if (side.output !== side.input) watcher.watch(side.output, 0, () => this.#flush(side));
  }

  #useLink(link: Link): void {
    const batch = new Batch(FRAME_MAX);
    this.#link = link;
    link.onclose = () => this.#lost();
    link.onframe = (frame: Frame) => {
      if (frame.length > FRAME_MAX) return;
      batch.clear();
      batch.octets.set(frame);
      batch.add(0, frame.length);
      this.#options.onframes(batch);
    };
  }

  #serve(side: Side, events: number): void {
    if ((events & EPOLLOUT) !== 0) this.#flush(side);
    if (side !== this.#side || (events & ~EPOLLOUT) === 0) return;
    do {
      if (side.read() === ENDED) this.#lost();
      else if (!side.batch.isEmpty) this.#options.onframes(side.batch);
    } while (side.holdsMore && side === this.#side);
  }

  /** A switch that is behind for a moment is waited for: a queue here would only be longer than its own. */
  #push(side: Side, batch: Batch): void {
    const endMs = performance.now() + WAIT_MS;
    while (side === this.#side && !batch.isEmpty) {
      if (side.write(batch) === ENDED) this.#lost();
      const leftMs = endMs - performance.now();
      if (batch.isEmpty || leftMs <= 0) return;
      this.#room.clear();
      this.#room.add(side.output, POLLOUT);
      this.#room.wait(Math.ceil(leftMs));
    }
  }

  #keep(batch: Batch): void {
    this.#backlog ??= new Batch(BACKLOG);
    for (let i = batch.first; i < batch.count; i++) {
      const frame = batch.frame(i);
      if (this.#end + frame.length > BACKLOG || !this.#backlog.add(this.#end, frame.length, batch.start[i]!)) break;
      this.#backlog.octets.set(frame, this.#end);
      this.#end += frame.length;
    }
    this.#wantRoom(true);
  }

  #flush(side: Side): void {
    const backlog = this.#backlog;
    if (backlog === undefined) return;
    if (side.write(backlog) === ENDED) this.#lost();
    if (side !== this.#side || !backlog.isEmpty || side.isHeld) return;
    backlog.clear();
    this.#end = 0;
    this.#wantRoom(false);
  }

  #wantRoom(isFull: boolean): void {
    if (isFull === this.#isFull || this.#side === undefined) return;
    const { input, output } = this.#side;
    this.#isFull = isFull;
    this.#options.watcher.change(output, (output === input ? EPOLLIN : 0) | (isFull ? EPOLLOUT : 0));
  }

  /** The switch is gone: it is looked for until it is back, or the client goes. */
  #lost(): void {
    if (this.#side === undefined && this.#link === undefined) return;
    this.#options.log("the switch is gone; waiting for it");
    this.#letGo();
    this.#reopen();
  }

  #reopen(): void {
    if (this.#isOpen) this.#timer = setTimeout(() => void this.#open(), REOPEN_MS);
  }

  #letGo(): void {
    const [side, link] = [this.#side, this.#link];
    this.#side = undefined;
    this.#link = undefined;
    this.#backlog?.clear();
    this.#end = 0;
    this.#isFull = false;
    if (side !== undefined) {
      for (const fd of new Set([side.input, side.output])) this.#options.watcher.forget(fd);
      void side.close();
    }
    link?.close();
  }
}
