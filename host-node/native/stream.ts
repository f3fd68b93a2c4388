// Streams of octets by descriptor, and the addresses that system calls are given: read, write and what is still on its way.

import { bind } from "./libc.js";

export const IOVEC_SIZE = 16;
export const MMSGHDR_SIZE = 64;
/** Where struct mmsghdr has its list of pieces and how many they are, what is beside them, and how much was received. */
const MSG_IOV = 16;
const MSG_IOV_COUNT = 24;
const MSG_CONTROL = 32;
const MSG_CONTROL_SIZE = 40;
export const MSG_LENGTH = 56;

const SIOCOUTQ = 0x5411;

/** read(2) into an address. */
export const readInto = bind<[fd: number, address: number, size: number]>(
  "long read(int fd, int64_t address, uint64_t size)",
);

/** recv(2) into an address. */
export const receiveInto = bind<[fd: number, address: number, size: number, flags: number]>(
  "long recv(int fd, int64_t address, uint64_t size, int flags)",
);

/** writev(2) of a gather list. */
export const writePieces = bind<[fd: number, vector: number, pieces: number]>(
  "long writev(int fd, int64_t vector, int pieces)",
);

/** sendmsg(2) of the msghdr at an address. */
export const sendMessage = bind<[fd: number, message: number, flags: number]>(
  "long sendmsg(int fd, int64_t message, int flags)",
);

const cIoctl = bind<[number, number, Uint8Array]>("int ioctl(int fd, unsigned long request, void *argument)");

/** Octets that were sent by a socket, and not yet read by its peer; 0 where the kernel does not say. */
export function unread(fd: number, value = new Uint8Array(4)): number {
  return cIoctl(fd, SIOCOUTQ, value) < 0 ? 0 : new DataView(value.buffer, value.byteOffset).getInt32(0, true);
}

/** Writes a 64-bit address as two words. */
export function putAddress(words: Uint32Array, at: number, address: number): void {
  words[at] = address % 0x1_0000_0000;
  words[at + 1] = address / 0x1_0000_0000;
}

/** Lets the message at `message` (in octets) consist of `pieces` pieces, whose list is at an address. */
export function putMessage(words: Uint32Array, message: number, list: number, pieces: number): void {
  putAddress(words, (message + MSG_IOV) >>> 2, list);
  words[(message + MSG_IOV_COUNT) >>> 2] = pieces;
}

/** Gives the message at `message` (in octets) room at an address for what the kernel says beside it. */
export function putControl(words: Uint32Array, message: number, address: number, size: number): void {
  putAddress(words, (message + MSG_CONTROL) >>> 2, address);
  words[(message + MSG_CONTROL_SIZE) >>> 2] = size;
}
