// Who sits at a console. Seats are few, and so are descriptors: when none is left, the manager that has been idle longest
// loses its seat. Consoles that were forgotten, or that never speak, keep nobody out.

import type { Socket } from "node:net";
import { SwitchError } from "../../host/errors.js";
import { type Lease, takeAll } from "../resources/account.js";
import { descriptors, sessions } from "../resources/process.js";

/** A connection, and a duplicate to read it by. */
const SEAT_DESCRIPTORS = 2;

export interface Seat {
  /** Set once there is one. */
  reader?: Socket;
  readonly leases: readonly Lease[];
}

export class Seats {
  readonly #max: number;
  /** The one that has been idle longest comes first. */
  readonly #seats = new Map<Socket, Seat>();

  constructor(max: number) {
    this.#max = max;
  }

  /** A seat for a connection until it closes, or why there is none. */
  take(socket: Socket): Seat | string {
    let seat = this.#admit();
    if (typeof seat === "string" && this.#dismiss(seat)) seat = this.#admit();
    if (typeof seat === "string") return seat;
    this.#seats.set(socket, seat);
    socket.once("close", () => this.#vacate(socket)); // and read on: a command may be under way still
    return seat;
  }

  /** It has said something. */
  touch(socket: Socket): void {
    const seat = this.#seats.get(socket);
    if (seat === undefined || !this.#seats.delete(socket)) return;
    this.#seats.set(socket, seat);
  }

  /** Closes a connection, and gives back what it had: at once, for whoever comes next. */
  leave(socket: Socket): void {
    const reader = this.#seats.get(socket)?.reader;
    this.#vacate(socket);
    socket.destroy();
    reader?.destroy();
  }

  #vacate(socket: Socket): void {
    for (const lease of this.#seats.get(socket)?.leases ?? []) lease.release();
    this.#seats.delete(socket);
  }

  #admit(): Seat | string {
    if (this.#seats.size >= this.#max) return `${this.#max} consoles are open`;
    try {
      const leases = takeAll(
        () => sessions.take("console"),
        () => descriptors.take("console", "", SEAT_DESCRIPTORS),
      );
      return { leases };
    } catch (error) {
      return error instanceof SwitchError ? error.detail : String(error);
    }
  }

  #dismiss(why: string): boolean {
    const [idlest] = this.#seats.keys();
    if (idlest === undefined) return false;
    if (idlest.writable) idlest.write(`1024 Too many open files: ${why}, and this one was idle longest\n`);
    this.leave(idlest);
    return true;
  }
}
