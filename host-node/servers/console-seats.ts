// Who sits at a console. Seats are few, and so are descriptors: when none is left, the manager that has been idle longest
// loses its seat. Consoles that were forgotten, or that never speak, keep nobody out. Everybody has a moment to say what they
// came for; where all have just come, the next one waits.

import type { Socket } from "node:net";
import { SwitchError } from "../../host/errors.js";
import { isReadable } from "../native/poll.js";
import { type Lease, takeAll } from "../resources/account.js";
import { descriptors, sessions } from "../resources/process.js";
import { descriptorOf } from "./descriptor.js";

/** A connection, and a duplicate to read it by. */
const SEAT_DESCRIPTORS = 2;
/** Idle consoles that are closed to make room for one: several, where descriptors outside the account have used up the spare ones. */
const DISMISSED_MAX = 8;
/** How many are asked whether they have said something, for each who comes. */
const LOOKED_AT_MAX = 16;
/** So long nobody is idle who has said something, or has come. */
const MOMENT_MS = 100;

export interface Seat {
  /** Set once there is one. */
  reader?: Socket;
  /** When it came, or was last active. */
  activeMs: number;
  hasSpoken: boolean;
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
    for (let i = 0; i < DISMISSED_MAX && typeof seat === "string" && this.#dismiss(seat); i++) seat = this.#admit();
    if (typeof seat === "string") return seat;
    this.#seats.set(socket, seat);
    socket.once("close", () => this.#vacate(socket)); // and read on: a command may be under way still
    return seat;
  }

  /** It has said something. */
  heard(socket: Socket): void {
    const seat = this.#seats.get(socket);
    if (seat !== undefined) seat.hasSpoken = true;
    this.active(socket);
  }

  /** It has said something, or read what it was told. */
  active(socket: Socket): void {
    const seat = this.#seats.get(socket);
    if (seat === undefined) return;
    seat.activeMs = performance.now();
    this.#toEnd(socket, seat);
  }

  /** In how many milliseconds there is a seat for somebody more. */
  waitMs(): number {
    if (this.#hasRoom()) return 0;
    const [idlest] = this.#seats.values();
    return idlest === undefined ? 0 : Math.max(0, Math.ceil(idlest.activeMs + MOMENT_MS - performance.now()));
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

  #toEnd(socket: Socket, seat: Seat): void {
    this.#seats.delete(socket);
    this.#seats.set(socket, seat);
  }

  #hasRoom(): boolean {
    return (
      this.#seats.size < this.#max && sessions.left("console") > 0 && descriptors.left("console") >= SEAT_DESCRIPTORS
    );
  }

  #admit(): Seat | string {
    if (this.#seats.size >= this.#max) return `${this.#max} consoles are open`;
    try {
      const leases = takeAll(
        () => sessions.take("console"),
        () => descriptors.take("console", "", SEAT_DESCRIPTORS),
      );
      return { leases, activeMs: performance.now(), hasSpoken: false };
    } catch (error) {
      return error instanceof SwitchError ? error.detail : String(error);
    }
  }

  #dismiss(why: string): boolean {
    const idlest = this.#idlest();
    if (idlest === undefined) return false;
    if (idlest.writable) idlest.write(`1024 Too many open files: ${why}, and this one was idle longest\n`);
    this.leave(idlest);
    return true;
  }

  /** Who has said something that was not read yet, in a busy moment, is not idle. */
  #idlest(): Socket | undefined {
    let looked = 0;
    for (const [socket, seat] of this.#seats) {
      if (looked++ === LOOKED_AT_MAX) break;
      if (seat.hasSpoken || !isReadable(descriptorOf(socket))) return socket;
      this.#toEnd(socket, seat);
    }
    return this.#seats.keys().next().value;
  }
}
