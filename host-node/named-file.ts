// A file that the command line names, to be read once at the start. As with any program of a shell, it may be a pipe, a
// device or a descriptor: `-f /dev/null`, `-f <(echo vlan/create 10)`, `-f /dev/stdin`. Nothing here waits in a system
// call: who writes to a pipe may take its time, and a signal must be heard meanwhile.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { refuse } from "../host/errors.js";
import { descriptorOf } from "./cli/values.js";
import { POLLIN, PollSet } from "./native/poll.js";

const SIZE_MAX = 1_048_576;
const LOOK_MS = 20;
/** After so long without its end, somebody wants to know what is waited for. */
const SAY_MS = 3_000;

export interface Reading {
  readonly stop: AbortSignal;
  log(text: string): void;
  /** Throws where the file that was opened is not to be read. */
  readonly require?: (file: Stats, path: string) => void;
}

/** The text of such a file, 1 MiB at most. Throws what the file system says, and the reason of `stop` where that fires. */
export async function readNamedFile(path: string, reading: Reading): Promise<string> {
  const file = new NamedFile(path);
  try {
    file.look(reading.require);
    for (let waitedMs = 0; !file.read(); waitedMs += LOOK_MS) {
      if (waitedMs === SAY_MS)
        reading.log(`${path}: waiting for its end: whoever writes to this pipe or device has not closed it`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      reading.stop.throwIfAborted();
    }
    return file.text();
  } finally {
    file.close();
  }
}

class NamedFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #isOurs: boolean;
  readonly #octets = Buffer.alloc(SIZE_MAX + 1);
  readonly #poll = new PollSet();
  #size = 0;

  /** A descriptor is read as it is: what it leads to may be no file that can be opened again. */
  constructor(path: string) {
    const own = descriptorOf(path);
    this.#path = path;
    this.#fd = own ?? openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    this.#isOurs = own === undefined;
  }

  look(require: Reading["require"]): void {
    const file = fstatSync(this.#fd);
    if (file.isDirectory()) refuse("EISDIR", this.#path);
    require?.(file, this.#path);
  }

  /** Reads what is there. Returns whether that was all. A pipe that nobody has opened yet for writing is not at its end. */
  read(): boolean {
    while (this.#isReady()) {
      const count = this.#readSome();
      if (count <= 0) return count === 0;
      this.#size += count;
      if (this.#size > SIZE_MAX)
        refuse("EINVAL", `${this.#path} is longer than ${SIZE_MAX} octets, which no such file is`);
    }
    return false;
  }

  #isReady(): boolean {
    this.#poll.clear();
    this.#poll.add(this.#fd, POLLIN);
    return this.#poll.wait(0) > 0;
  }

  /** A count of octets, 0 at the end, -1 where more may come. */
  #readSome(): number {
    try {
      return readSync(this.#fd, this.#octets, this.#size, this.#octets.length - this.#size, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return -1;
      throw error;
    }
  }

  text(): string {
    return this.#octets.toString("utf8", 0, this.#size);
  }

  close(): void {
    if (this.#isOurs) closeSync(this.#fd);
  }
}
