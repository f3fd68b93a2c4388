// pipe(2): Node's own are socket pairs, and VDE's wirefilter takes no socket for a pipe. And socketpair(2).

import { bind, check } from "./libc.js";
import { AF_UNIX } from "./socket.js";

const O_CLOEXEC = 0o2000000;
const SOCK_CLOEXEC = 0o2000000;

const cPipe = bind<[Uint8Array, number]>("int pipe2(void *fds, int flags)");
const cSocketpair = bind<[number, number, number, Uint8Array]>(
  "int socketpair(int domain, int type, int protocol, void *fds)",
);

/** What is written to the second can be read from the first. */
export function pipe(): [from: number, to: number] {
  const fds = new Int32Array(2);
  check(cPipe(new Uint8Array(fds.buffer), O_CLOEXEC), "pipe2");
  return [fds[0]!, fds[1]!];
}

/** Two Unix sockets of a type that are connected to each other. */
export function socketPair(type: number): [number, number] {
  const fds = new Int32Array(2);
  check(cSocketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, new Uint8Array(fds.buffer)), "socketpair");
  return [fds[0]!, fds[1]!];
}
