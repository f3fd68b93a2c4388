// Whose a Unix socket is that has no file to look at: sock_diag(7), the kernel's own list. A datagram socket has no
// SO_PEERCRED, but once it is connected its peer stays the same socket, so there is no race in asking afterwards.

import { fstatSync } from "node:fs";
import { SystemCallError } from "./libc.js";
import { ATTRIBUTE_HEAD, ask, HEAD_SIZE, NETLINK_SOCK_DIAG, question, withNetlink } from "./netlink.js";
import { AF_UNIX } from "./socket.js";

const SOCK_DIAG_BY_FAMILY = 20;
const ALL_STATES = 0xffff_ffff;
const NO_COOKIE = 0xffff_ffff;
const SHOW_NAME = 0x01;
const SHOW_PEER = 0x04;
const SHOW_UID = 0x40; // since Linux 5.3; older kernels leave the attribute out
const UNIX_DIAG_NAME = 0;
const UNIX_DIAG_PEER = 2;
const UNIX_DIAG_UID = 7;

/** sizeof(struct unix_diag_req). */
const REQUEST_SIZE = 24;
/** Behind struct unix_diag_msg. */
const ATTRIBUTES = HEAD_SIZE + 16;

/** The user that made the socket which `fd` is connected to; undefined where this kernel does not say. */
export function peerOwner(fd: number): number | undefined {
  return asking((netlink) => {
    const peer = attributeOf(netlink, fstatSync(fd).ino, SHOW_PEER, UNIX_DIAG_PEER);
    return peer === undefined ? undefined : attributeOf(netlink, peer, SHOW_UID, UNIX_DIAG_UID);
  });
}

/** Whether the socket with a name that `fd` is connected to is still there; undefined where this kernel does not say. */
export function hasPeer(fd: number): boolean | undefined {
  return asking((netlink) => {
    const own = fstatSync(fd).ino;
    if (attributeOf(netlink, own, SHOW_NAME, UNIX_DIAG_NAME) === undefined) return undefined;
    const peer = attributeOf(netlink, own, SHOW_PEER, UNIX_DIAG_PEER);
    return peer !== undefined && attributeOf(netlink, peer, SHOW_NAME, UNIX_DIAG_NAME) !== undefined;
  });
}

function asking<T>(work: (fd: number) => T): T | undefined {
  try {
    return withNetlink(NETLINK_SOCK_DIAG, work);
  } catch (error) {
    if (error instanceof SystemCallError) return undefined;
    throw error;
  }
}

/** The first 32 bits of an attribute of the socket with this inode. */
function attributeOf(fd: number, inode: number, show: number, attribute: number): number | undefined {
  const asked = question(SOCK_DIAG_BY_FAMILY, REQUEST_SIZE);
  asked.setUint8(HEAD_SIZE, AF_UNIX);
  asked.setUint32(HEAD_SIZE + 4, ALL_STATES, true);
  asked.setUint32(HEAD_SIZE + 8, inode, true);
  asked.setUint32(HEAD_SIZE + 12, show, true);
  asked.setUint32(HEAD_SIZE + 16, NO_COOKIE, true);
  asked.setUint32(HEAD_SIZE + 20, NO_COOKIE, true);
  const answer = ask(fd, asked, SOCK_DIAG_BY_FAMILY);
  return answer && find(answer, attribute);
}

function find(answer: DataView, wanted: number): number | undefined {
  for (let at = ATTRIBUTES; at + ATTRIBUTE_HEAD + 4 <= answer.byteLength; ) {
    const size = answer.getUint16(at, true);
    if (answer.getUint16(at + 2, true) === wanted && size >= ATTRIBUTE_HEAD + 4)
      return answer.getUint32(at + ATTRIBUTE_HEAD, true);
    at += Math.max(ATTRIBUTE_HEAD, (size + 3) & ~3);
  }
  return undefined;
}
