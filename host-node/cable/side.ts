// One end of a cable by its descriptors: read and written in batches, without waiting. Every transport that is a socket,
// a pipe or a device is one of these; `linkOf` makes a Link of it, and `join` carries batches from one to the other.

import type { Link } from "../../host/link.js";
import type { Batch } from "./batch.js";

/** Frames below this have no header, and go nowhere. */
export const FRAME_MIN = 14;

/** What reading and writing say where there is no more: the other end is gone. */
export const ENDED = -1;

export interface Side {
  /** What is at the other end, as `port/print` shows it. */
  readonly name: string;
  /** Whether frames may be long on their way: see Link. */
  isDistant?: boolean;
  /** The descriptors that poll(2) tells about. */
  readonly input: number;
  readonly output: number;
  /** What was read. It is read anew when all of it is sent. */
  readonly batch: Batch;
  /** Runs once where the end is gone in a way that reading does not show. */
  onend: (reason?: Error) => void;
  /** Whether that has happened: it may have before anybody listened. */
  readonly isOver?: boolean;
  /** Reads what is there into the batch. Returns how many frames, which may be none, or ENDED. */
  read(): number;
  /** Sends what is left of a batch, as far as it is taken, and moves its `first` on. ENDED where nobody is there. */
  write(batch: Batch): number;
  /** Whether there are frames that the last batch had no room for: no descriptor tells of them. */
  readonly holdsMore?: boolean;
  /** Whether part of what was written is still here, for want of room. */
  readonly isHeld: boolean;
  /** Octets that the other end has not read yet, as far as it is known. */
  unread(): number;
  close(): void | Promise<void>;
  /** Of a command that ended by itself: its exit code. Known when it is closed. */
  readonly failure?: number;
  /**
   * Whether frames may leave checksums and the cutting of TCP to whoever takes them, in both directions: `start` and
   * `segment` of a batch tell. What others are given is finished.
   */
  readonly heads?: boolean;
  /** A descriptor whose datagrams are frames: the data plane may have it as it is. */
  readonly datagrams?: number;
  /** The port of the switch that it is in, where that is known. */
  readonly port?: number | undefined;
  /** As a link, where that is not a plain one over its descriptors. */
  toLink?(): Link;
}

/** What a transport opens: descriptors that frames are read from in batches, or a link that brings them one by one. */
export type Opened = Side | Link;

export function isSide(opened: Opened): opened is Side {
  return "batch" in opened;
}
