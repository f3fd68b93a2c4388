// Internet datagram sockets by descriptor, so that the data plane may have them.

import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import { bind, check } from "./libc.js";
import { bindTo, connectTo, SOCK_DGRAM } from "./socket.js";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOCKADDR_IN_SIZE = 16;
const SOCKADDR_IN6_SIZE = 28;

const cSocket = bind<[number, number, number]>("int socket(int domain, int type, int protocol)");

/** A host by name or number, and a port of it. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A bound datagram socket that is connected to a peer. An own host of "" is every one that this machine has. */
export async function connectedUdp(own: Address, peer: Address): Promise<{ fd: number; address: string }> {
  const { address } = await lookup(peer.host);
  const domain = isIPv6(address) ? AF_INET6 : AF_INET;
  const from = own.host === "" ? (domain === AF_INET6 ? "::" : "0.0.0.0") : (await lookup(own.host)).address;
  const fd = check(cSocket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  bindTo(fd, sockaddr(from, own.port), `${from} port ${own.port}`);
  connectTo(fd, sockaddr(address, peer.port), `${address} port ${peer.port}`);
  return { fd, address };
}

/** A sockaddr_in or sockaddr_in6: family as the machine has it, port and address as the network has them. */
function sockaddr(address: string, port: number): Uint8Array {
  const v6 = isIPv6(address);
  const octets = new Uint8Array(v6 ? SOCKADDR_IN6_SIZE : SOCKADDR_IN_SIZE);
  const view = new DataView(octets.buffer);
  view.setUint16(0, v6 ? AF_INET6 : AF_INET, true);
  view.setUint16(2, port);
  octets.set(v6 ? words(address) : address.split(".").map(Number), v6 ? 8 : 4);
  return octets;
}

/** The 16 octets of an IPv6 address, RFC 4291 2.2. */
function words(address: string): number[] {
  const [head = "", tail] = address.replace(/%.*/, "").split("::");
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const zeros = new Array<number>(16 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after];
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}
