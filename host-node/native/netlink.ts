// Questions to the kernel by netlink(7). It has answered by the time that a message is sent, so that nobody waits.

import { bind, check, close } from "./libc.js";
import { MSG_DONTWAIT, newSocket, SOCK_RAW, sendOctets } from "./socket.js";

export const AF_NETLINK = 16;
export const NETLINK_ROUTE = 0;
export const NETLINK_SOCK_DIAG = 4;
const NLM_F_REQUEST = 1;
const ANSWER_MAX = 4_096;

/** sizeof(struct nlmsghdr), which every message begins with. */
export const HEAD_SIZE = 16;
/** sizeof(struct rtattr), which every attribute begins with: its size and its type. */
export const ATTRIBUTE_HEAD = 4;

const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

/** A socket to a part of the kernel. */
export function netlinkSocket(protocol: number): number {
  return newSocket(AF_NETLINK, SOCK_RAW, protocol);
}

/** Lets `work` ask a part of the kernel. */
export function withNetlink<T>(protocol: number, work: (fd: number) => T): T {
  const fd = netlinkSocket(protocol);
  try {
    return work(fd);
  } finally {
    close(fd);
  }
}

/** A request of a type, with room for `size` octets after its header. */
export function question(type: number, size: number): DataView {
  const view = new DataView(new ArrayBuffer(HEAD_SIZE + size));
  view.setUint32(0, view.byteLength, true);
  view.setUint16(4, type, true);
  view.setUint16(6, NLM_F_REQUEST, true);
  return view;
}

/** Asks. Returns the answer, head and all; undefined where it is of another type, as an error is. */
export function ask(fd: number, asked: DataView, type: number): DataView | undefined {
  sendOctets(fd, new Uint8Array(asked.buffer));
  const octets = new Uint8Array(ANSWER_MAX);
  const size = check(Number(cRecv(fd, octets, octets.length, MSG_DONTWAIT)), "recv AF_NETLINK");
  const answer = new DataView(octets.buffer, 0, size);
  return size >= HEAD_SIZE && answer.getUint16(4, true) === type ? answer : undefined;
}
