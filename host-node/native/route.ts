// What the kernel would do with a packet, by rtnetlink(7): whether it is for this machine, whatever made it so, an address
// of an interface, one that its routers share, a route that takes a network in.

import { bind, check, close } from "./libc.js";
import { bindTo, MSG_DONTWAIT, sendOctets } from "./socket.js";

const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOCKADDR_NL_SIZE = 12;

/** struct nlmsghdr, struct rtmsg, and the one attribute of a question: the destination. */
const MESSAGE_HEAD = 16;
const ROUTE_HEAD = 12;
const ATTRIBUTE_HEAD = 4;
const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
const NLM_F_REQUEST = 1;
const RTA_DST = 1;
const ROUTE_TYPE = MESSAGE_HEAD + 7;
const ANSWER_MAX = 4_096;
/** RTN_LOCAL, RTN_BROADCAST and RTN_ANYCAST. */
const HERE = new Set([2, 3, 4]);

const cSocket = bind<[number, number, number]>("int socket(int domain, int type, int protocol)");
const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

/** Whether packets to an address, of four octets or sixteen, are for this machine. Throws where the kernel cannot be asked. */
export function isRoutedHere(address: Uint8Array): boolean {
  const fd = check(cSocket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket AF_NETLINK");
  try {
    const own = new Uint8Array(SOCKADDR_NL_SIZE);
    new DataView(own.buffer).setUint16(0, AF_NETLINK, true);
    bindTo(fd, own, "rtnetlink");
    sendOctets(fd, question(address));
    const answer = new Uint8Array(ANSWER_MAX);
    const size = check(Number(cRecv(fd, answer, answer.length, MSG_DONTWAIT)), "recv"); // it is there when it was asked for
    const isRoute = size > ROUTE_TYPE && new DataView(answer.buffer).getUint16(4, true) === RTM_NEWROUTE;
    return isRoute && HERE.has(answer[ROUTE_TYPE]!); // else there is no way to it at all
  } finally {
    close(fd);
  }
}

function question(address: Uint8Array): Uint8Array {
  const at = MESSAGE_HEAD + ROUTE_HEAD;
  const octets = new Uint8Array(at + ATTRIBUTE_HEAD + address.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, true);
  view.setUint16(4, RTM_GETROUTE, true);
  view.setUint16(6, NLM_F_REQUEST, true);
  octets[MESSAGE_HEAD] = address.length === 4 ? AF_INET : AF_INET6;
  octets[MESSAGE_HEAD + 1] = 8 * address.length;
  view.setUint16(at, ATTRIBUTE_HEAD + address.length, true);
  view.setUint16(at + 2, RTA_DST, true);
  octets.set(address, at + ATTRIBUTE_HEAD);
  return octets;
}
