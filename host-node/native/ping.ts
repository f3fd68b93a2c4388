// Sockets for pings: those that the kernel gives to ordinary users (icmp(7), net.ipv4.ping_group_range). It writes the
// number of each ping, and hands over only answers to them.

import { isIPv6 } from "node:net";
import { sockaddr } from "./inet.js";
import { bind, check, close } from "./libc.js";
import { connectTo, MSG_DONTWAIT, sendOctets } from "./socket.js";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;
const ANSWER_MAX = 9_216;

const cSocket = bind<[number, number, number]>("int socket(int domain, int type, int protocol)");
const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

/** Sends an echo request. Returns the socket that its answer comes to. Throws EACCES where users may not ping. */
export function sendPing(host: string, data: Uint8Array): number {
  const v6 = isIPv6(host);
  const protocol = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
  const fd = check(cSocket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol), "socket");
  try {
    connectTo(fd, sockaddr(host, 0), host);
    sendOctets(fd, Uint8Array.of(v6 ? 128 : 8, 0, 0, 0, 0, 0, 0, 1, ...data));
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Whether what has come is the answer. */
export function isPingAnswered(fd: number): boolean {
  const answer = new Uint8Array(ANSWER_MAX);
  const size = cRecv(fd, answer, answer.length, MSG_DONTWAIT);
  return Number(size) >= 8 && (answer[0] === 0 || answer[0] === 129);
}
