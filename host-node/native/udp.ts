// UDP and ping sockets whose errors are heard: what routers and hosts say against a datagram, by ICMP, waits in a queue of
// the socket (ip(7), IP_RECVERR), with where the datagram went.

import { isIPv6 } from "node:net";
import { addressText } from "../../host/slirp/address.js";
import { sockaddr } from "./inet.js";
import { addressOf, bind, close, errno } from "./libc.js";
import {
  AF_INET,
  AF_INET6,
  bindTo,
  MSG_DONTWAIT,
  newSocket,
  SOCK_DGRAM,
  sendTo,
  setOption,
  trySetOption,
} from "./socket.js";

const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const IP_TTL = 2;
const IP_RECVERR = 11;
const IPV6_UNICAST_HOPS = 16;
const IPV6_RECVERR = 25;
const IPV6_V6ONLY = 26;
const MSG_ERRQUEUE = 0x2000;
const OCTETS_MAX = 65_536;
const SOCKADDR_MAX = 28;

const cRecvfrom = bind<[number, Uint8Array, number, number, Uint8Array, Uint8Array]>(
  "long recvfrom(int fd, void *data, uint64_t size, int flags, void *address, void *addressSize)",
);
const cRecvmsg = bind<[number, number, number]>("long recvmsg(int fd, int64_t message, int flags)");

export interface Received {
  readonly octets: Uint8Array;
  readonly host: string;
  readonly port: number;
}

/** An entry of the queue of errors: struct sock_extended_err. */
export interface SocketError {
  readonly errno: number;
  /** 1 this machine itself, 2 ICMP, 3 ICMPv6. */
  readonly origin: number;
  readonly type: number;
  readonly code: number;
  /** Of a datagram that was too long: what is not. */
  readonly info: number;
  /** Where the datagram went, and who said what became of it. */
  readonly host: string;
  readonly port: number;
  readonly by: string;
}

/** A socket of a family, for a protocol of IP; 0 is UDP. */
export function openSocket(family: 4 | 6, protocol = 0): number {
  const domain = family === 6 ? AF_INET6 : AF_INET;
  const fd = newSocket(domain, SOCK_DGRAM, protocol);
  if (family === 6) trySetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  return fd;
}

/** Lets errors wait in the socket's queue. */
export function hearErrors(fd: number, family: 4 | 6): void {
  if (family === 4) setOption(fd, IPPROTO_IP, IP_RECVERR, 1);
  else setOption(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
}

export function setHops(fd: number, family: 4 | 6, hops: number): void {
  if (family === 4) trySetOption(fd, IPPROTO_IP, IP_TTL, hops);
  else trySetOption(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, hops);
}

/** Waits at a port for datagrams. */
export function openBound(host: string, port: number): number {
  const fd = openSocket(isIPv6(host) ? 6 : 4);
  try {
    bindTo(fd, sockaddr(host, port), `${host} port ${port}`);
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Sends a datagram. Returns 0, or the errno. */
export function sendDatagram(fd: number, octets: Uint8Array, host: string, port: number): number {
  return sendTo(fd, octets, MSG_DONTWAIT, sockaddr(host, port)) < 0 ? errno() : 0;
}

const room = new Uint8Array(OCTETS_MAX);
const from = new Uint8Array(SOCKADDR_MAX);
const fromSize = new Uint8Array(4);

/** A datagram that waits. Undefined where none does. */
export function receiveDatagram(fd: number): Received | undefined {
  new DataView(fromSize.buffer).setUint32(0, SOCKADDR_MAX, true);
  const size = Number(cRecvfrom(fd, room, OCTETS_MAX, MSG_DONTWAIT, from, fromSize));
  return size < 0 ? undefined : { octets: room.slice(0, size), ...placeOf(new DataView(from.buffer)) };
}

// recvmsg(2) is told by addresses where everything goes:
//
//    0          64          96       128           640      704
//    | msghdr   | one iovec | name   | control     | data   |
const HEADER = { name: 96, iovec: 64, control: 128, data: 640 } as const;
const CONTROL_SIZE = 512;
const DATA_SIZE = 64;
/** struct cmsghdr: its length, level and type, then what it carries. */
const CMSG_HEAD = 16;
const EXTENDED_SIZE = 16;
const memory = new DataView(new ArrayBuffer(4_096));
const base = addressOf(memory.buffer);

/** An error that waits. Undefined where none does. */
export function receiveError(fd: number): SocketError | undefined {
  layOut();
  if (Number(cRecvmsg(fd, base, MSG_ERRQUEUE | MSG_DONTWAIT)) < 0) return undefined;
  const end = HEADER.control + Number(memory.getBigUint64(40, true));
  for (let at = HEADER.control as number; at + CMSG_HEAD <= end; ) {
    const size = Number(memory.getBigUint64(at, true));
    if (size < CMSG_HEAD) break;
    const [level, type] = [memory.getInt32(at + 8, true), memory.getInt32(at + 12, true)];
    if ((level === IPPROTO_IP && type === IP_RECVERR) || (level === IPPROTO_IPV6 && type === IPV6_RECVERR))
      return errorAt(at + CMSG_HEAD);
    at += (size + 7) & ~7;
  }
  return undefined;
}

function layOut(): void {
  const address = (at: number, value: number) => memory.setBigUint64(at, BigInt(value), true);
  address(0, base + HEADER.name);
  memory.setUint32(8, SOCKADDR_MAX, true);
  address(16, base + HEADER.iovec);
  address(24, 1);
  address(32, base + HEADER.control);
  address(40, CONTROL_SIZE);
  memory.setUint32(48, 0, true);
  address(HEADER.iovec, base + HEADER.data);
  address(HEADER.iovec + 8, DATA_SIZE);
}

function errorAt(at: number): SocketError {
  return {
    errno: memory.getUint32(at, true),
    origin: memory.getUint8(at + 4),
    type: memory.getUint8(at + 5),
    code: memory.getUint8(at + 6),
    info: memory.getUint32(at + 8, true),
    ...placeOf(new DataView(memory.buffer, HEADER.name, SOCKADDR_MAX)),
    by: placeOf(new DataView(memory.buffer, at + EXTENDED_SIZE, SOCKADDR_MAX)).host,
  };
}

/** The host and port that a sockaddr names; "" where it names none. */
function placeOf(view: DataView): { host: string; port: number } {
  const family = view.getUint16(0, true);
  const port = view.getUint16(2);
  const octets = new Uint8Array(view.buffer, view.byteOffset);
  if (family === AF_INET) return { host: octets.subarray(4, 8).join("."), port };
  if (family !== AF_INET6) return { host: "", port: 0 };
  return { host: addressText(octets.slice(8, 24)), port };
}
