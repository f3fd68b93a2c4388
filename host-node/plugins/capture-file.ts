// Frames on their way into a pcap file.

import type { Capture } from "../../host/captures.js";
import { pcapFileHead, pcapFrameHead } from "../../host/plugins/pcap.js";
import type { WallClock } from "../../host/plugins/wall-clock.js";
import { type Sink, WriteBehind } from "./write-behind.js";

/** Octets that may wait for the disk, beside as many that are being written. */
const CAPACITY = 4_194_304;
/** A buffered file is written in pieces of this size. */
const BUFFERED_SIZE = 65_536;

export interface CaptureSink extends Sink {
  truncate(size: number): void;
}

export class CaptureFile {
  readonly path: string;
  readonly #clock: WallClock;
  readonly #file: WriteBehind;

  /** `onfailure` runs where the file cannot be written any more. What it holds until then can be read. */
  constructor(path: string, sink: CaptureSink, clock: WallClock, onfailure: (error: Error) => void) {
    this.path = path;
    this.#clock = clock;
    this.#file = new WriteBehind(sink, {
      capacity: CAPACITY,
      onfailure(error, whole) {
        tryTo(() => sink.truncate(whole));
        onfailure(error);
      },
    });
    this.#file.append(pcapFileHead());
  }

  /** Frames that the file holds, or will when what waits is written. Its head is no frame. */
  get frames(): number {
    return Math.max(0, this.#file.kept - 1);
  }

  /** Frames that the disk was too slow for, or too full. */
  get lost(): number {
    return this.#file.lost - (this.#file.kept === 0 ? 1 : 0);
  }

  get failure(): Error | undefined {
    return this.#file.failure;
  }

  set buffered(on: boolean) {
    this.#file.threshold = on ? BUFFERED_SIZE : 1;
  }

  add({ frame, timeMs }: Capture): void {
    this.#file.append(pcapFrameHead(frame, this.#clock.at(timeMs)), frame);
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  /** Writes what waits, and lets go of the file. */
  close(): Promise<void> {
    return this.#file.close();
  }
}

/** A disk that fails may fail at this, too; there is nothing left to do then. */
function tryTo(task: () => void): void {
  try {
    task();
  } catch {
    // the first failure is the one to report
  }
}
