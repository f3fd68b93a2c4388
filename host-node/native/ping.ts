// Sockets for pings: those that the kernel gives to ordinary users (icmp(7), net.ipv4.ping_group_range). It writes the
// number of each ping, and hands over only answers to them.

import { isIPv6 } from "node:net";
import { sockaddr } from "./inet.js";
import { bind, close } from "./libc.js";
import { connectTo, MSG_DONTWAIT, sendOctets } from "./socket.js";
import { hearErrors, openSocket, setHops } from "./udp.js";

const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;
const ANSWER_MAX = 9_216;
/** Nothing is sent there. */
const ANY_PORT = 9;

const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

/** Sends an echo request. Returns the socket that its answer comes to. Throws EACCES where users may not ping. */
export function sendPing(host: string, data: Uint8Array, hops?: number): number {
  const v6 = isIPv6(host);
  const family = v6 ? 6 : 4;
  const fd = openSocket(family, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
  try {
    hearErrors(fd, family);
    if (hops !== undefined) setHops(fd, family, hops);
    connectTo(fd, sockaddr(host, 0), host);
    sendOctets(fd, Uint8Array.of(v6 ? 128 : 8, 0, 0, 0, 0, 0, 0, 1, ...data));
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Throws where this machine knows no way to a host, as any datagram would. */
export function requireRoute(host: string): void {
  const fd = openSocket(isIPv6(host) ? 6 : 4);
  try {
    connectTo(fd, sockaddr(host, ANY_PORT), host);
  } finally {
    close(fd);
  }
}

/** Whether what has come is the answer. */
export function isPingAnswered(fd: number): boolean {
  const answer = new Uint8Array(ANSWER_MAX);
  const size = cRecv(fd, answer, answer.length, MSG_DONTWAIT);
  return Number(size) >= 8 && (answer[0] === 0 || answer[0] === 129);
}
