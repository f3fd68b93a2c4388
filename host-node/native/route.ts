// What the kernel would do with a packet, by rtnetlink(7): whether it is for this machine, whatever made it so, an address
// of an interface, one that its routers share, a route that takes a network in.

import { ATTRIBUTE_HEAD, ask, HEAD_SIZE, NETLINK_ROUTE, question, withNetlink } from "./netlink.js";
import { AF_INET, AF_INET6 } from "./socket.js";

/** struct rtmsg, and the one attribute of a question: the destination. */
const ROUTE_HEAD = 12;
const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
const RTA_DST = 1;
const ROUTE_TYPE = HEAD_SIZE + 7;
/** RTN_LOCAL, RTN_BROADCAST and RTN_ANYCAST. */
const HERE = new Set([2, 3, 4]);

/** Whether packets to an address, of four octets or sixteen, are for this machine. Throws where the kernel cannot be asked. */
export function isRoutedHere(address: Uint8Array): boolean {
  const answer = withNetlink(NETLINK_ROUTE, (fd) => ask(fd, routeTo(address), RTM_NEWROUTE));
  if (answer === undefined) return false; // there is no way to it at all
  return answer.byteLength > ROUTE_TYPE && HERE.has(answer.getUint8(ROUTE_TYPE));
}

function routeTo(address: Uint8Array): DataView {
  const asked = question(RTM_GETROUTE, ROUTE_HEAD + ATTRIBUTE_HEAD + address.length);
  asked.setUint8(HEAD_SIZE, address.length === 4 ? AF_INET : AF_INET6);
  asked.setUint8(HEAD_SIZE + 1, 8 * address.length);
  const at = HEAD_SIZE + ROUTE_HEAD;
  asked.setUint16(at, ATTRIBUTE_HEAD + address.length, true);
  asked.setUint16(at + 2, RTA_DST, true);
  new Uint8Array(asked.buffer).set(address, at + ATTRIBUTE_HEAD);
  return asked;
}
