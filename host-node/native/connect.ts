// TCP connections by system calls: on the loopback, and often next door, the far end has answered before the call is over,
// and no turn of an event loop is needed to hear it.

import { isIPv6 } from "node:net";
import { sockaddr } from "./inet.js";
import { bind, check, close, errno, SystemCallError } from "./libc.js";
import { AF_INET, AF_INET6, newSocket, SOCK_STREAM } from "./socket.js";

const SOL_SOCKET = 1;
const SO_ERROR = 4;
const EISCONN = 106;
const EALREADY = 114;
const EINPROGRESS = 115;

const cConnect = bind<[number, Uint8Array, number]>("int connect(int fd, void *address, uint32_t size)");
const cGetsockopt = bind<[number, number, number, Uint8Array, Uint8Array]>(
  "int getsockopt(int fd, int level, int name, void *value, void *size)",
);

export interface Begun {
  readonly fd: number;
  /** Otherwise it is writable as soon as it is known. */
  readonly isConnected: boolean;
}

/** Begins to connect to an address by number. Throws where it is refused at once. */
export function beginConnect(host: string, port: number): Begun {
  const domain = isIPv6(host) ? AF_INET6 : AF_INET;
  const fd = newSocket(domain, SOCK_STREAM);
  const address = sockaddr(host, port);
  const first = attempt(fd, address);
  const failure = first === EINPROGRESS ? attempt(fd, address) : first; // the answer came while the first was under way
  if (failure === 0 || failure === EISCONN) return { fd, isConnected: true };
  if (failure === EALREADY) return { fd, isConnected: false };
  close(fd);
  throw new SystemCallError("connect", failure, host);
}

function attempt(fd: number, address: Uint8Array): number {
  return cConnect(fd, address, address.length) === 0 ? 0 : errno();
}

/** What became of it, once it is known: 0, or an errno. */
export function connectFailure(fd: number): number {
  const value = new Uint8Array(4);
  check(cGetsockopt(fd, SOL_SOCKET, SO_ERROR, value, Uint8Array.of(4, 0, 0, 0)), "getsockopt");
  return new DataView(value.buffer).getInt32(0, true);
}
