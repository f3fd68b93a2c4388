// Writes frames to a stream: a whole batch with its lengths in one call, and what was cut in the middle later.

import { FRAME_MAX, type Framing, writeLength } from "../../host/framing.js";
import { errno } from "../native/libc.js";
import { MSG_DONTWAIT, MSG_NOSIGNAL } from "../native/socket.js";
import { IOVEC_SIZE, putAddress, putMessage, sendMessage, writePieces } from "../native/stream.js";
import { BATCH_COUNT, Batch } from "./batch.js";
import { ENDED, FRAME_MIN } from "./side.js";

const HEADERS = 0;
const PIECES = 4 * BATCH_COUNT;
const MESSAGE = PIECES + 2 * BATCH_COUNT * IOVEC_SIZE;
const HELD = MESSAGE + 64;
const EINTR = 4;
const EAGAIN = 11;

export class StreamWriter {
  readonly #memory = new Batch(HELD + 4 + FRAME_MAX);
  readonly #words = new Uint32Array(this.#memory.octets.buffer, 0, HELD >>> 2);
  readonly #fd: number;
  readonly #isSocket: boolean;
  readonly #framing: Framing;
  #heldStart = 0;
  #heldEnd = 0;

  constructor(fd: number, isSocket: boolean, framing: Framing) {
    this.#fd = fd;
    this.#isSocket = isSocket;
    this.#framing = framing;
  }

  /** Whether the end of a frame is still here, which must go out before anything else. */
  get isHeld(): boolean {
    return this.#heldStart < this.#heldEnd;
  }

  write(batch: Batch): number {
    if (this.isHeld && this.#writeHeld() === ENDED) return ENDED;
    while (!batch.isEmpty && !this.isHeld) {
      const pieces = this.#list(batch);
      const written = pieces === 0 ? 0 : this.#send(pieces);
      if (written < 0) return this.#failure();
      this.#account(batch, written);
    }
    return 0;
  }

  #writeHeld(): number {
    this.#piece(0, this.#memory.base + HELD + this.#heldStart, this.#heldEnd - this.#heldStart);
    const written = this.#send(1);
    if (written < 0) return this.#failure();
    this.#heldStart += written;
    return 0;
  }

  /** A length and a frame for each. Frames below 14 octets are none, and are passed over where they lie first or last. */
  #list(batch: Batch): number {
    const { octets, base } = this.#memory;
    const { header } = this.#framing;
    while (!batch.isEmpty && batch.size[batch.first]! < FRAME_MIN) batch.first++;
    let pieces = 0;
    for (let i = batch.first; i < batch.count && batch.size[i]! >= FRAME_MIN; i++) {
      const at = HEADERS + 2 * pieces; // one header of four octets for two pieces
      writeLength(octets, at, batch.size[i]!, this.#framing);
      this.#piece(pieces++, base + at, header);
      this.#piece(pieces++, batch.base + batch.at[i]!, batch.size[i]!);
    }
    return pieces;
  }

  #piece(i: number, address: number, size: number): void {
    const at = (PIECES + i * IOVEC_SIZE) >>> 2;
    putAddress(this.#words, at, address);
    this.#words[at + 2] = size;
  }

  #send(pieces: number): number {
    const { base } = this.#memory;
    if (!this.#isSocket) return writePieces(this.#fd, base + PIECES, pieces);
    putMessage(this.#words, MESSAGE, base + PIECES, pieces);
    return sendMessage(this.#fd, base + MESSAGE, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  #failure(): number {
    return errno() === EAGAIN || errno() === EINTR ? 0 : ENDED;
  }

  /** Moves on by what was written, and keeps the rest of a frame that was cut. */
  #account(batch: Batch, written: number): void {
    const { header } = this.#framing;
    let left = written;
    while (left > 0) {
      const i = batch.first++;
      const whole = header + batch.size[i]!;
      if (left < whole) this.#hold(batch.frame(i), left);
      left -= Math.min(left, whole);
    }
  }

  #hold(frame: Uint8Array, written: number): void {
    const { octets } = this.#memory;
    writeLength(octets, HELD, frame.length, this.#framing);
    octets.set(frame, HELD + this.#framing.header);
    this.#heldStart = written;
    this.#heldEnd = this.#framing.header + frame.length;
  }
}
