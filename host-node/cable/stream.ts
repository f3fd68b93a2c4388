// A stream of frames as an end of a cable: standard input and output, a command's, a stream socket.

import { constants, fstatSync, openSync } from "node:fs";
import { type Framing, VDE_FRAMING } from "../../host/framing.js";
import { close } from "../native/libc.js";
import type { Batch } from "./batch.js";
import { StreamReader } from "./reader.js";
import { ENDED, type Side } from "./side.js";
import { StreamWriter } from "./writer.js";

export interface StreamOptions {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly framing?: Framing;
  /** Runs when it is closed, in place of closing the descriptors. */
  readonly onclose?: () => void | Promise<void>;
  /** Hears, once, of frames that are too long. */
  readonly warn?: (text: string) => void;
}

export class StreamSide implements Side {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  onend: Side["onend"] = () => {};
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #onclose: () => void | Promise<void>;
  readonly #warn: (text: string) => void;

  constructor({ name, input, output, framing = VDE_FRAMING, onclose, warn = () => {} }: StreamOptions) {
    this.name = name;
    const [from, to] = [unblocked(input, constants.O_RDONLY), unblocked(output, constants.O_WRONLY)];
    this.input = from.fd;
    this.output = to.fd;
    this.#reader = new StreamReader(from.fd, from.isSocket, framing);
    this.#writer = new StreamWriter(to.fd, to.isSocket, framing);
    this.#warn = warn;
    this.#onclose = () => {
      for (const { fd, isOwn } of [from, to]) if (isOwn) close(fd);
      if (onclose) return onclose();
      for (const fd of new Set([input, output])) close(fd);
    };
  }

  get batch(): Batch {
    return this.#reader.batch;
  }

  get isHeld(): boolean {
    return this.#writer.isHeld;
  }

  get holdsMore(): boolean {
    return this.#reader.holdsMore;
  }

  read(): number {
    try {
      const count = this.#reader.read();
      this.#report();
      return count;
    } catch (error) {
      this.onend(error as Error);
      return ENDED;
    }
  }

  write(batch: Batch): number {
    return this.#writer.write(batch);
  }

  unread(): number {
    return 0;
  }

  close(): void | Promise<void> {
    return this.#onclose();
  }

  #report(): void {
    if (this.#reader.splitter.oversized === 0) return;
    this.#warn(`${this.name}: Packet length error: ${this.#reader.splitter.oversized} frames were too long`);
    this.#reader.splitter.oversized = 0;
  }
}

/**
 * A descriptor that does not wait. Whether it does belongs to what was opened, which others may share: a pipe or a
 * terminal is opened once more for our own use; a socket is asked not to wait in each call.
 */
function unblocked(fd: number, mode: number): { fd: number; isSocket: boolean; isOwn: boolean } {
  const stat = fstatSync(fd);
  if (stat.isSocket()) return { fd, isSocket: true, isOwn: false };
  if (!stat.isFIFO() && !stat.isCharacterDevice()) return { fd, isSocket: false, isOwn: false };
  try {
    return { fd: openSync(`/proc/self/fd/${fd}`, mode | constants.O_NONBLOCK), isSocket: false, isOwn: true };
  } catch {
    return { fd, isSocket: false, isOwn: false };
  }
}
