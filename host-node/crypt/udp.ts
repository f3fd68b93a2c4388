// The socket of a cable. It receives in batches, datagrams of one sender joined by the kernel where it can do that
// (UDP_GRO), and sends a whole train with one call where the kernel cuts it (UDP_SEGMENT). See udp(7).

import { boundPort, boundUdp, peerAddress, SOCKADDR_IN6_SIZE } from "../native/inet.js";
import { addressOf, close, errno } from "../native/libc.js";
import { POLLOUT, PollSet } from "../native/poll.js";
import { MSG_DONTWAIT, recvmmsg, sendmmsg, setReceiveBuffer, setSendBuffer, trySetOption } from "../native/socket.js";
import { IOVEC_SIZE, MMSGHDR_SIZE, MSG_LENGTH, putAddress, putMessage } from "../native/stream.js";
import type { Memory } from "./cipher.js";
import type { Train } from "./train.js";

const SOL_UDP = 17;
const UDP_SEGMENT = 103;
const UDP_GRO = 104;
const EINTR = 4;
const EIO = 5;
const EAGAIN = 11;
const EINVAL = 22;
const EMSGSIZE = 90;

const READS = 24;
const SLOT = 1 << 16;
const NAME = 32;
const CONTROL = 64;
/** A control message: its length and kind, then what it says. */
const CMSG_HEADER = 16;
const SEGMENTS = 64;
/** Where struct msghdr has the name, its length, the control messages and their length. */
const MSG_NAME = 0;
const MSG_NAME_SIZE = 8;
const MSG_CONTROL = 32;
const MSG_CONTROL_SIZE = 40;
/** A full queue of the network's is waited for so long: what is sealed is sent or lost. */
const WAIT_MS = 5;

/** Where everything is in the memory of a socket, in octets. */
const RECEIVED = 0;
const NAMES = RECEIVED + READS * SLOT;
const CONTROLS = NAMES + READS * NAME;
const MESSAGES = CONTROLS + READS * CONTROL;
const PIECES = MESSAGES + READS * MMSGHDR_SIZE;
const OUT_NAME = PIECES + READS * IOVEC_SIZE;
const OUT_CONTROL = OUT_NAME + NAME;
const OUT_MESSAGES = OUT_CONTROL + CONTROL;
const OUT_PIECES = OUT_MESSAGES + SEGMENTS * MMSGHDR_SIZE;
const OUT_OCTETS = OUT_PIECES + SEGMENTS * IOVEC_SIZE;
/** Of a handshake, no message is longer. */
const OCTETS_MAX = 256;
const SIZE = OUT_OCTETS + OCTETS_MAX;

export class UdpSocket implements Memory {
  readonly octets = new Uint8Array(new ArrayBuffer(SIZE));
  readonly base = addressOf(this.octets.buffer);
  readonly fd: number;
  readonly #isV6: boolean;
  readonly #words = new Uint32Array(this.octets.buffer);
  readonly #joins: boolean;
  #cuts: boolean;
  readonly #room = new PollSet();
  /** The datagram that is looked at. */
  at = 0;
  size = 0;
  #count = 0;
  #message = 0;
  #segment = 0;
  #rest = 0;

  /** Port 0 is any that is free. */
  constructor(port: number, isPlain = false) {
    const { fd, isV6 } = boundUdp(port);
    this.fd = fd;
    this.#isV6 = isV6;
    setSendBuffer(fd);
    setReceiveBuffer(fd);
    this.#joins = !isPlain && trySetOption(fd, SOL_UDP, UDP_GRO, 1);
    this.#cuts = !isPlain && trySetOption(fd, SOL_UDP, UDP_SEGMENT, 0);
    for (let i = 0; i < READS; i++) this.#layRead(i);
  }

  get port(): number {
    return boundPort(this.fd);
  }

  /** The sockaddr of a host by its address. */
  address(host: string, port: number): Uint8Array {
    return peerAddress(host, port, this.#isV6);
  }

  /** Reads what is there, as far as one call goes. False where there was nothing. */
  receive(): boolean {
    for (let i = 0; i < READS; i++) {
      const message = (MESSAGES + i * MMSGHDR_SIZE) >>> 2;
      this.#words[message + (MSG_NAME_SIZE >>> 2)] = SOCKADDR_IN6_SIZE;
      this.#words[message + (MSG_CONTROL_SIZE >>> 2)] = this.#joins ? CONTROL : 0;
    }
    this.#count = Math.max(0, recvmmsg(this.fd, this.base + MESSAGES, READS, MSG_DONTWAIT, 0));
    this.#message = -1;
    this.#rest = 0;
    return this.#count > 0;
  }

  /** Goes on to the next datagram of those that were read: `at`, `size`, and who sent it. False after the last. */
  next(): boolean {
    this.at += this.size;
    if (this.#rest === 0 && !this.#nextMessage()) return false;
    this.size = Math.min(this.#segment, this.#rest);
    this.#rest -= this.size;
    return true;
  }

  /** Whether there is a datagram that was read and not looked at. */
  get hasMore(): boolean {
    return this.#rest > 0 || this.#message + 1 < this.#count;
  }

  /** The sockaddr of who sent the datagram, until the next read. */
  get sender(): Uint8Array {
    const at = NAMES + this.#message * NAME;
    return this.octets.subarray(at, at + SOCKADDR_IN6_SIZE);
  }

  /** Sends a train to an address. False where the path takes no datagrams of that size. */
  send(train: Train, to: Uint8Array): boolean {
    this.octets.set(to, OUT_NAME);
    if (this.#cuts && train.length > train.size) {
      if (this.#sendJoined(train, to.length)) return true;
      if (errno() !== EIO && errno() !== EINVAL) return errno() !== EMSGSIZE;
      this.#cuts = false; // a device on the way out computes no checksums
    }
    return this.#sendEach(train, to.length);
  }

  /** Sends one datagram, whatever becomes of it. */
  sendTo(octets: Uint8Array, to: Uint8Array): void {
    this.octets.set(to, OUT_NAME);
    this.octets.set(octets, OUT_OCTETS);
    this.#layMessage(0, this.base + OUT_OCTETS, octets.length, this.base + OUT_NAME, to.length);
    this.#put(1);
  }

  close(): void {
    close(this.fd);
  }

  #layRead(i: number): void {
    const message = MESSAGES + i * MMSGHDR_SIZE;
    const piece = PIECES + i * IOVEC_SIZE;
    putMessage(this.#words, message, this.base + piece, 1);
    putAddress(this.#words, (message + MSG_NAME) >>> 2, this.base + NAMES + i * NAME);
    putAddress(this.#words, (message + MSG_CONTROL) >>> 2, this.base + CONTROLS + i * CONTROL);
    putAddress(this.#words, piece >>> 2, this.base + RECEIVED + i * SLOT);
    this.#words[(piece >>> 2) + 2] = SLOT;
  }

  /** Messages without an octet are passed over. */
  #nextMessage(): boolean {
    while (++this.#message < this.#count) {
      this.#rest = this.#words[(MESSAGES + this.#message * MMSGHDR_SIZE + MSG_LENGTH) >>> 2]!;
      if (this.#rest === 0) continue;
      this.#segment = this.#joined() || this.#rest;
      this.at = RECEIVED + this.#message * SLOT;
      return true;
    }
    this.#message = this.#count;
    return false;
  }

  /** How large the datagrams are that the kernel joined; 0 where it joined none. */
  #joined(): number {
    const i = this.#message;
    if (this.#words[(MESSAGES + i * MMSGHDR_SIZE + MSG_CONTROL_SIZE) >>> 2]! < CMSG_HEADER + 4) return 0;
    const at = (CONTROLS + i * CONTROL) >>> 2;
    const isSize = this.#words[at + 2] === SOL_UDP && this.#words[at + 3] === UDP_GRO;
    return isSize ? this.#words[at + 4]! : 0;
  }

  #layMessage(i: number, address: number, size: number, name: number, nameSize: number): void {
    const message = OUT_MESSAGES + i * MMSGHDR_SIZE;
    const piece = OUT_PIECES + i * IOVEC_SIZE;
    putMessage(this.#words, message, this.base + piece, 1);
    putAddress(this.#words, (message + MSG_NAME) >>> 2, name);
    this.#words[(message + MSG_NAME_SIZE) >>> 2] = nameSize;
    putAddress(this.#words, (message + MSG_CONTROL) >>> 2, this.base + OUT_CONTROL);
    this.#words[(message + MSG_CONTROL_SIZE) >>> 2] = 0;
    putAddress(this.#words, piece >>> 2, address);
    this.#words[(piece >>> 2) + 2] = size;
  }

  #sendJoined(train: Train, nameSize: number): boolean {
    this.#layMessage(0, train.base, train.length, this.base + OUT_NAME, nameSize);
    const control = OUT_CONTROL >>> 2;
    this.#words.set([CMSG_HEADER + 2, 0, SOL_UDP, UDP_SEGMENT, train.size], control);
    this.#words[(OUT_MESSAGES + MSG_CONTROL_SIZE) >>> 2] = CMSG_HEADER + 8;
    return this.#put(1);
  }

  #sendEach(train: Train, nameSize: number): boolean {
    let count = 0;
    for (let at = 0; at < train.length; at += train.size) {
      const size = Math.min(train.size, train.length - at);
      this.#layMessage(count++, train.base + at, size, this.base + OUT_NAME, nameSize);
    }
    return this.#put(count) || errno() !== EMSGSIZE;
  }

  /** Hands messages to the kernel, and waits a little where it has no room. False where it refuses one. */
  #put(count: number): boolean {
    let waited = false;
    for (let i = 0; i < count; ) {
      const sent = sendmmsg(this.fd, this.base + OUT_MESSAGES + i * MMSGHDR_SIZE, count - i, MSG_DONTWAIT);
      if (sent > 0) i += sent;
      else if (errno() === EAGAIN && !waited) {
        this.#room.clear();
        this.#room.add(this.fd, POLLOUT);
        this.#room.wait(WAIT_MS);
        waited = true;
      } else if (errno() !== EINTR) return errno() === EAGAIN;
    }
    return true;
  }
}
