// Unix datagram sockets, which Node has not, and the batched calls that the data plane is built on. See unix(7).

import { bind, check, cString, SystemCallError } from "./libc.js";

/** In the place of an address: disconnects a datagram socket. */
export const AF_UNSPEC = 0;
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_SEQPACKET = 5;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_PEERCRED = 17;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SO_PEERGROUPS = 59;

export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;

/**
 * What may wait in the kernel for a peer that reads nothing. The kernel grants the double, unswappable, and counts what a
 * datagram takes, not its octets: 533 of 64 octets, or 177 of 1,514. More waits where it is counted and shared out: in the
 * core's queues, or with whoever sends. Within net.core.wmem_max as Linux has it, so that everybody may set it.
 */
export const SEND_BUFFER = 204_800;
/** What a network brings while this process does something else: of one socket for each link that an operator has set up. */
export const RECEIVE_BUFFER = 1 << 22;

/** The path of a sockaddr_un has room for 108 octets, its terminating zero among them. */
export const SUN_PATH_SIZE = 108;
/** sizeof(struct sockaddr_un): two octets of family, and the path. */
export const SOCKADDR_UN_SIZE = 2 + SUN_PATH_SIZE;

const cSocket = bind<[number, number, number]>("int socket(int domain, int type, int protocol)");
const cBind = bind<[number, Uint8Array, number]>("int bind(int fd, void *address, uint32_t size)");
const cConnect = bind<[number, Uint8Array, number]>("int connect(int fd, void *address, uint32_t size)");
const cListen = bind<[number, number]>("int listen(int fd, int backlog)");
const cAccept = bind<[number, null, null, number]>("int accept4(int fd, void *address, void *size, int flags)");
const cSend = bind<[number, Uint8Array, number, number]>("long send(int fd, void *data, uint64_t size, int flags)");
const cSendto = bind<[number, Uint8Array, number, number, Uint8Array, number]>(
  "long sendto(int fd, void *data, uint64_t size, int flags, void *address, uint32_t addressSize)",
);
const cGetsockopt = bind<[number, number, number, Uint8Array, Uint8Array]>(
  "int getsockopt(int fd, int level, int name, void *value, void *size)",
);
const cSetsockopt = bind<[number, number, number, Uint8Array, number]>(
  "int setsockopt(int fd, int level, int name, void *value, uint32_t size)",
);

/** recvmmsg(2): fills up to `count` of the mmsghdr at `vector`. Returns how many, or -1 with errno. */
export const recvmmsg = bind<[fd: number, vector: number, count: number, flags: number, timeout: number]>(
  "int recvmmsg(int fd, int64_t vector, uint32_t count, int flags, int64_t timeout)",
);

/** sendmmsg(2): sends up to `count` of the mmsghdr at `vector`. Returns how many, or -1 with errno. */
export const sendmmsg = bind<[fd: number, vector: number, count: number, flags: number]>(
  "int sendmmsg(int fd, int64_t vector, uint32_t count, int flags)",
);

/** send(2) of the `size` octets at an address. Returns how many, or -1 with errno. */
export const send = bind<[fd: number, address: number, size: number, flags: number]>(
  "long send(int fd, int64_t address, uint64_t size, int flags)",
);

/** sendto(2). Returns how many octets were taken, or -1 with errno. */
export function sendTo(fd: number, octets: Uint8Array, flags: number, address: Uint8Array): number {
  return cSendto(fd, octets, octets.length, flags, address, address.length);
}

/** A new socket, non-blocking and closed on exec, or -1 with errno. */
export function tryNewSocket(domain: number, type: number, protocol = 0): number {
  return cSocket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

/** The same. Throws where there is none. */
export function newSocket(domain: number, type: number, protocol = 0): number {
  return check(tryNewSocket(domain, type, protocol), "socket");
}

/** A new Unix socket of a type. */
export function unixSocket(type: number): number {
  return newSocket(AF_UNIX, type);
}

/**
 * A sockaddr_un as its 110 octets. Throws ENAMETOOLONG where the path does not fit with its zero: a shortened
 * name would be another file.
 */
export function sockaddrUn(path: string): Uint8Array {
  const octets = cString(path);
  if (octets.length > SUN_PATH_SIZE) throw new SystemCallError("bind", 36, path);
  const address = new Uint8Array(SOCKADDR_UN_SIZE);
  address[0] = AF_UNIX;
  address.set(octets, 2);
  return address;
}

/** Binds a socket to the name that `address` holds; all 110 octets count, so that abstract names are VDE's. */
export function bindTo(fd: number, address: Uint8Array, about: string): void {
  check(cBind(fd, address, address.length), "bind", about);
}

/** Connects a socket to the name that `address` holds. */
export function connectTo(fd: number, address: Uint8Array, about: string): void {
  check(cConnect(fd, address, address.length), "connect", about);
}

export function listen(fd: number, backlog: number): void {
  check(cListen(fd, backlog), "listen");
}

/** The next connection to a listening socket, closed on exec. Throws EAGAIN where there is none. */
export function accept(fd: number): number {
  return check(cAccept(fd, null, null, SOCK_CLOEXEC), "accept4");
}

/** Sends one message, without waiting and whatever becomes of it. */
export function sendOctets(fd: number, octets: Uint8Array): void {
  cSend(fd, octets, octets.length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/** Who opened the other end of a connected stream socket: SO_PEERCRED, which the kernel filled in at connect(2). */
export function peerCredentials(fd: number): { pid: number; uid: number; gid: number } {
  const value = new Uint8Array(12);
  const size = new Uint8Array(Uint32Array.of(12).buffer);
  check(cGetsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, size), "getsockopt SO_PEERCRED");
  const view = new DataView(value.buffer);
  return { pid: view.getInt32(0, true), uid: view.getUint32(4, true), gid: view.getUint32(8, true) };
}

/** The supplementary groups of who opened the other end: SO_PEERGROUPS. None where there are more than a few thousand. */
export function peerGroups(fd: number): readonly number[] {
  const value = new Uint8Array(4 * 4096);
  const size = Uint32Array.of(value.length);
  if (cGetsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, value, new Uint8Array(size.buffer)) < 0) return [];
  return [...new Uint32Array(value.buffer, 0, size[0]! / 4)];
}

/** Bounds what a socket may have sent and its peer not yet read. False where the descriptor is no socket. */
export function setSendBuffer(fd: number, octets = SEND_BUFFER): boolean {
  return trySetOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, octets) || trySetOption(fd, SOL_SOCKET, SO_SNDBUF, octets);
}

/**
 * Lets more wait that was received; it bounds nothing on Unix sockets, but does on others. Beyond net.core.rmem_max only
 * with CAP_NET_ADMIN; asking for too much is no error.
 */
export function setReceiveBuffer(fd: number, octets = RECEIVE_BUFFER): void {
  if (!trySetOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, octets)) setOption(fd, SOL_SOCKET, SO_RCVBUF, octets);
}

/** Sets an option whose value is a number. */
export function setOption(fd: number, level: number, name: number, value: number): void {
  check(trySetOption(fd, level, name, value) ? 0 : -1, "setsockopt");
}

/** Sets an option that this kernel may not have. Whether it has. */
export function trySetOption(fd: number, level: number, name: number, value: number): boolean {
  return cSetsockopt(fd, level, name, new Uint8Array(Int32Array.of(value).buffer), 4) === 0;
}
