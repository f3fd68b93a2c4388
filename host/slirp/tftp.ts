// TFTP, RFC 1350, for guests that boot: files to be read, in binary, with longer blocks and sizes where the guest knows
// them (RFC 2347 to 2349). Nothing is written.

import type { Address } from "./address.js";
import { type Guest, giveShare, takeShare } from "./guests.js";
import type { Packet } from "./packet.js";
import type { Stack, Timed } from "./stack.js";
import type { Service, Udp } from "./udp.js";

export const TFTP_PORT = 69;
const READ = 1;
const WRITE = 2;
const DATA = 3;
const ACK = 4;
const ERROR = 5;
const OPTIONS = 6;
const BLOCK = 512;
const BLOCK_MIN = 8;
const SESSIONS_MAX = 64;
/** What all files that are sent may take. */
const OCTETS_MAX = 256 << 20;
/** A guest is told, where a file is on a disk that does not answer. */
const READ_MS = 10_000;
const AGAIN_MS = 1_000;
const TRIES_MAX = 6;
const HEADERS = 32;

interface Session {
  readonly guest: Guest;
  readonly key: string;
  readonly from: Address;
  readonly to: Address;
  readonly toPort: number;
  readonly octets: Uint8Array;
  readonly blockSize: number;
  /** The answer to the guest's options, while it is not acknowledged. */
  options: Uint8Array | undefined;
  /** The block that is on its way, counted from 1. */
  block: number;
  tries: number;
  dueMs: number;
}

type Ends = Pick<Session, "from" | "to" | "toPort">;

export class Tftp implements Service, Timed {
  readonly #stack: Stack;
  readonly #udp: Udp;
  readonly #sessions = new Map<string, Session>();
  /** Transfers whose file is being read. */
  readonly #reading = new Set<string>();

  constructor(stack: Stack, udp: Udp) {
    this.#stack = stack;
    this.#udp = udp;
  }

  input(packet: Packet, at: number, size: number): void {
    if (size < 4) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    const { memory } = packet;
    const ends = { from: packet.destination(), to: packet.source(), toPort: packet.sourcePort };
    const key = `${ends.toPort} ${String.fromCharCode(...ends.to)}`;
    const operation = memory.u16(at);
    const guest = packet.neighbour && this.#stack.guests.of(packet.neighbour);
    if (guest === undefined) return;
    if (operation === READ) {
      const asked = memory.slice(at + 2, size - 2);
      this.#open(guest, key, ends, asked).catch(() => this.#stack.drop("it broke what it came to"));
    } else if (operation === ACK) this.#acknowledged(key, memory.u16(at + 2));
    else if (operation === ERROR) this.#end(key);
    else if (operation === WRITE) this.#refuse(ends, 2, "Access violation");
  }

  async #open(guest: Guest, key: string, ends: Ends, octets: Uint8Array): Promise<void> {
    const [name = "", mode = "", ...words] = String.fromCharCode(...octets).split("\0");
    if (this.#sessions.has(key) || this.#reading.has(key)) return; // asked again, before the first block was there
    if (mode.toLowerCase() !== "octet") return this.#refuse(ends, 4, "Unsupported transfer mode");
    if (this.#reading.size + this.#sessions.size >= SESSIONS_MAX) return; // it asks again
    if (!takeShare(guest, "transfers")) return this.#refuse(ends, 0, "Too many transfers");
    const file = await this.#read(key, ends, name, guest.name);
    if (file === "later" || !this.#begin(guest, key, ends, file, words)) giveShare(guest, "transfers");
  }

  /** A file that there is not, and one that is not for guests, are the same to them. */
  #begin(guest: Guest, key: string, ends: Ends, file: Uint8Array | undefined, words: readonly string[]): boolean {
    if (file === undefined) this.#refuse(ends, 1, "File not found");
    if (file === undefined || this.#sessions.has(key)) return false;
    if (this.#held + file.length > OCTETS_MAX) {
      this.#refuse(ends, 0, "Too many transfers");
      return false;
    }
    const wanted = new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word.toLowerCase(), words[i + 1] ?? ""]] : [])));
    const { blockSize, options } = this.#agree(wanted, file.length);
    const session: Session = { guest, key, ...ends, octets: file, blockSize, options, block: 1, tries: 0, dueMs: 0 };
    this.#sessions.set(key, session);
    this.#send(session);
    return true;
  }

  #end(key: string): void {
    const session = this.#sessions.get(key);
    if (session !== undefined) giveShare(session.guest, "transfers");
    this.#sessions.delete(key);
  }

  /** A guest hears of a file that cannot be had now, and one that is still being read goes on to count. */
  async #read(key: string, ends: Ends, name: string, guest: string): Promise<Uint8Array | undefined | "later"> {
    let isTold = false;
    const tell = () => {
      if (!isTold) this.#refuse(ends, 0, "The file cannot be read now");
      isTold = true;
    };
    const callOff = this.#stack.clock.after(READ_MS, tell);
    this.#reading.add(key);
    try {
      const file = await this.#stack.backend.readFile?.(name, guest);
      return isTold ? "later" : file;
    } catch {
      tell();
      return "later";
    } finally {
      callOff();
      this.#reading.delete(key);
    }
  }

  /** Octets of all the files that are being sent. */
  get #held(): number {
    return [...this.#sessions.values()].reduce((sum, { octets }) => sum + octets.length, 0);
  }

  /** What is agreed on, of what the guest asks for. A block stays within a frame. */
  #agree(wanted: ReadonlyMap<string, string>, size: number): { blockSize: number; options: Uint8Array | undefined } {
    const most = this.#stack.settings.mtu - HEADERS;
    const agreed: string[] = [];
    let blockSize = BLOCK;
    const asked = Number(wanted.get("blksize") ?? "0");
    if (Number.isInteger(asked) && asked >= BLOCK_MIN) {
      blockSize = Math.min(asked, most);
      agreed.push("blksize", String(blockSize));
    }
    if (wanted.has("tsize")) agreed.push("tsize", String(size));
    const text = agreed.map((word) => `${word}\0`).join("");
    return { blockSize, options: agreed.length === 0 ? undefined : Uint8Array.of(0, OPTIONS, ...latin1(text)) };
  }

  /** Blocks are counted in 16 bits, and go round. */
  #acknowledged(key: string, number: number): void {
    const session = this.#sessions.get(key);
    if (session === undefined) return;
    if (session.options !== undefined) {
      if (number !== 0) return;
      session.options = undefined;
    } else {
      if (number !== (session.block & 0xffff)) return; // an older one, which was sent again
      if (session.octets.length < session.block * session.blockSize) {
        this.#end(key);
        return;
      }
      session.block++;
    }
    session.tries = 0;
    this.#send(session);
  }

  #send(session: Session): void {
    const { options, octets, block, blockSize } = session;
    const at = (block - 1) * blockSize;
    session.dueMs = this.#stack.clock.now() + AGAIN_MS;
    this.#stack.due(session.dueMs);
    const data = () => Uint8Array.of(0, DATA, (block >>> 8) & 255, block & 255, ...octets.subarray(at, at + blockSize));
    this.#udp.send({ ...session, port: TFTP_PORT }, options ?? data());
  }

  #refuse(ends: Ends, code: number, text: string): void {
    this.#udp.send({ ...ends, port: TFTP_PORT }, Uint8Array.of(0, ERROR, 0, code, ...latin1(`${text}\0`)));
  }

  tick(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const session of this.#sessions.values()) {
      if (session.dueMs <= nowMs && ++session.tries > TRIES_MAX) this.#end(session.key);
      else {
        if (session.dueMs <= nowMs) this.#send(session);
        next = Math.min(next, session.dueMs);
      }
    }
    return next;
  }
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255);
}
