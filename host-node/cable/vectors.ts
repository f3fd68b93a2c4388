// Where the frames of a socket of datagrams are: for frames as they are, and for those with heads.

import type { Batch } from "./batch.js";
import type { Messages } from "./messages.js";

/** The memory of a socket, which does not move, and how frames lie in its messages. */
export interface Vectors {
  readonly batch: Batch;
  /** As many as are received at once. */
  readonly receive: Messages;
  readonly receiveCount: number;
  /** Lists the frame of a message that was received, if it has one. */
  take(message: number): void;
  /** Lays the rest of a batch into messages. Returns where they are, and how many. */
  list(batch: Batch): [messages: number, count: number];
  /** The frames of the first `count` of these messages are sent. */
  sent(batch: Batch, count: number): void;
}
