// Internet datagram sockets by descriptor, so that the data plane may have them.

import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import { bind, check, close } from "./libc.js";
import { AF_INET, AF_INET6, bindTo, connectTo, newSocket, SOCK_DGRAM, setOption, tryNewSocket } from "./socket.js";

const SOCKADDR_IN_SIZE = 16;
export const SOCKADDR_IN6_SIZE = 28;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const IP_MTU_DISCOVER = 10;
const IPV6_MTU_DISCOVER = 23;
const IPV6_V6ONLY = 26;
/** ip(7): never fragment, and do not look at what the kernel knows of the path. */
const PMTUDISC_PROBE = 3;

const cGetsockname = bind<[number, Uint8Array, Uint8Array]>("int getsockname(int fd, void *address, void *size)");

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
  const fd = newSocket(domain, SOCK_DGRAM);
  try {
    bindTo(fd, sockaddr(from, own.port), `${from} port ${own.port}`);
    connectTo(fd, sockaddr(address, peer.port), `${address} port ${peer.port}`);
    return { fd, address };
  } catch (error) {
    close(fd);
    throw error;
  }
}

/**
 * A bound datagram socket for peers of either family, whose addresses it has in IPv6 form; of IPv4 alone where this
 * machine has nothing else. Datagrams go out whole, whatever the kernel thinks of the path: who sends finds its size out.
 */
export function boundUdp(port: number): { fd: number; isV6: boolean } {
  let fd = tryNewSocket(AF_INET6, SOCK_DGRAM);
  const isV6 = fd >= 0;
  if (!isV6) fd = newSocket(AF_INET, SOCK_DGRAM);
  try {
    if (isV6) {
      setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
      setOption(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE);
    }
    setOption(fd, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE);
    bindTo(fd, sockaddr(isV6 ? "::" : "0.0.0.0", port), `UDP port ${port}`);
    return { fd, isV6 };
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** A sockaddr for a socket of `boundUdp`. */
export function peerAddress(address: string, port: number, isV6: boolean): Uint8Array {
  return sockaddr(isV6 && !isIPv6(address) ? `::ffff:${address}` : address, port);
}

/** The port that a socket is bound to. */
export function boundPort(fd: number): number {
  const octets = new Uint8Array(SOCKADDR_IN6_SIZE);
  check(cGetsockname(fd, octets, new Uint8Array(Uint32Array.of(octets.length).buffer)), "getsockname");
  return new DataView(octets.buffer).getUint16(2);
}

/** "192.0.2.1:7667", of the octets of a sockaddr. */
export function addressText(octets: Uint8Array): string {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const port = view.getUint16(2);
  if (view.getUint16(0, true) === AF_INET) return `${octets.subarray(4, 8).join(".")}:${port}`;
  const own = octets.subarray(8, 24);
  const isMapped = own.subarray(0, 10).every((octet) => octet === 0) && own[10] === 255 && own[11] === 255;
  if (isMapped) return `${own.subarray(12).join(".")}:${port}`;
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(8 + 2 * i).toString(16));
  return `[${groups.join(":")}]:${port}`;
}

/** A sockaddr_in or sockaddr_in6: family as the machine has it, port and address as the network has them. */
export function sockaddr(address: string, port: number): Uint8Array {
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
