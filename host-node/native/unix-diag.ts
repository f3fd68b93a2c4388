// Whose a Unix socket is that has no file to look at: sock_diag(7), the kernel's own list. A datagram socket has no
// SO_PEERCRED, but once it is connected its peer stays the same socket, so there is no race in asking afterwards.

import { fstatSync } from "node:fs";
import { addressOf, bind, close } from "./libc.js";
import { AF_UNIX, MSG_DONTWAIT, MSG_NOSIGNAL, send } from "./socket.js";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 1;
const ALL_STATES = 0xffff_ffff;
const NO_COOKIE = 0xffff_ffff;
const SHOW_NAME = 0x01;
const SHOW_PEER = 0x04;
const SHOW_UID = 0x40; // since Linux 5.3; older kernels leave the attribute out
const UNIX_DIAG_NAME = 0;
const UNIX_DIAG_PEER = 2;
const UNIX_DIAG_UID = 7;

// struct nlmsghdr has 16 octets, struct unix_diag_req 24, struct unix_diag_msg 16; attributes follow.
const HEADER = 16;
const REQUEST = HEADER + 24;
const ATTRIBUTES = HEADER + 16;
const ANSWER_MAX = 1_024;

const cSocket = bind<[number, number, number]>("int socket(int domain, int type, int protocol)");
const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

/** The user that made the socket which `fd` is connected to; undefined where this kernel does not say. */
export function peerOwner(fd: number): number | undefined {
  return asking((netlink) => {
    const peer = ask(netlink, fstatSync(fd).ino, SHOW_PEER, UNIX_DIAG_PEER);
    return peer === undefined ? undefined : ask(netlink, peer, SHOW_UID, UNIX_DIAG_UID);
  });
}

/** Whether the socket with a name that `fd` is connected to is still there; undefined where this kernel does not say. */
export function hasPeer(fd: number): boolean | undefined {
  return asking((netlink) => {
    const own = fstatSync(fd).ino;
    if (ask(netlink, own, SHOW_NAME, UNIX_DIAG_NAME) === undefined) return undefined;
    const peer = ask(netlink, own, SHOW_PEER, UNIX_DIAG_PEER);
    return peer !== undefined && ask(netlink, peer, SHOW_NAME, UNIX_DIAG_NAME) !== undefined;
  });
}

function asking<T>(work: (netlink: number) => T): T | undefined {
  const netlink = cSocket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (netlink < 0) return undefined;
  try {
    return work(netlink);
  } finally {
    close(netlink);
  }
}

/** One attribute of the socket with this inode. The kernel has answered by the time that the request is sent. */
function ask(netlink: number, inode: number, show: number, attribute: number): number | undefined {
  const request = new DataView(new ArrayBuffer(REQUEST));
  request.setUint32(0, REQUEST, true);
  request.setUint16(4, SOCK_DIAG_BY_FAMILY, true);
  request.setUint16(6, NLM_F_REQUEST, true);
  request.setUint8(HEADER, AF_UNIX);
  request.setUint32(HEADER + 4, ALL_STATES, true);
  request.setUint32(HEADER + 8, inode, true);
  request.setUint32(HEADER + 12, show, true);
  request.setUint32(HEADER + 16, NO_COOKIE, true);
  request.setUint32(HEADER + 20, NO_COOKIE, true);
  if (send(netlink, addressOf(request.buffer), REQUEST, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return undefined;
  const answer = new Uint8Array(ANSWER_MAX);
  const size = cRecv(netlink, answer, answer.length, MSG_DONTWAIT);
  return size < ATTRIBUTES ? undefined : find(new DataView(answer.buffer, 0, size), attribute);
}

/** The first 32 bits of an attribute. NLMSG_ERROR, which says no such socket, has none. */
function find(answer: DataView, wanted: number): number | undefined {
  if (answer.getUint16(4, true) !== SOCK_DIAG_BY_FAMILY) return undefined;
  for (let at = ATTRIBUTES; at + 8 <= answer.byteLength; ) {
    const size = answer.getUint16(at, true);
    if (answer.getUint16(at + 2, true) === wanted && size >= 8) return answer.getUint32(at + 4, true);
    at += Math.max(4, (size + 3) & ~3);
  }
  return undefined;
}
