// Packet sockets: the frames of a network interface, in and out, beside the machine's own use of it. See packet(7).

import { refuse } from "../../host/errors.js";
import { bind, check, close, cString, errno, SystemCallError } from "./libc.js";
import { AF_NETLINK, NETLINK_ROUTE, netlinkSocket } from "./netlink.js";
import { bindTo, SOCK_RAW, tryNewSocket } from "./socket.js";

const AF_PACKET = 17;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_AUXDATA = 8;
const PACKET_VNET_HDR = 15;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_MR_PROMISC = 1;
const ETH_P_ALL = 3;
const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;
const EPERM = 1;

/** struct sockaddr_ll: family, protocol as the network has it, index of the interface, and what kind it is. */
const SOCKADDR_LL_SIZE = 20;
const LL_PROTOCOL = 2;
const LL_INDEX = 4;
const LL_KIND = 8;

/** struct sockaddr_nl: family, an id that the kernel gives, and groups. See rtnetlink(7). */
const RTMGRP_LINK = 1;
const SOCKADDR_NL_SIZE = 12;
const NL_GROUPS = 8;

const cIndex = bind<[Uint8Array]>("uint32_t if_nametoindex(void *name)");
const cGetsockname = bind<[number, Uint8Array, Uint8Array]>("int getsockname(int fd, void *address, void *size)");
const cSetsockopt = bind<[number, number, number, Uint8Array, number]>(
  "int setsockopt(int fd, int level, int name, void *value, uint32_t size)",
);

/**
 * Opens an interface for all frames that come in by it, whoever they are for, and for frames to go out. A virtio_net_hdr
 * stands before each frame: what comes in may be longer than any frame on the wire, where the kernel has put segments
 * together. What this machine sends by itself is not among it.
 */
export function openInterface(name: string): number {
  const index = cIndex(cString(name));
  if (index === 0 || name.includes("\0")) refuse("ENODEV", "there is no interface of that name (ip link)");
  const fd = rawSocket();
  try {
    set(fd, PACKET_VNET_HDR, Int32Array.of(1), "PACKET_VNET_HDR");
    set(fd, PACKET_AUXDATA, Int32Array.of(1), "PACKET_AUXDATA");
    set(fd, PACKET_IGNORE_OUTGOING, Int32Array.of(1), "PACKET_IGNORE_OUTGOING");
    bindTo(fd, address(index), name);
    requireEthernet(fd);
    set(fd, PACKET_ADD_MEMBERSHIP, Int32Array.of(index, PACKET_MR_PROMISC, 0, 0), "PACKET_ADD_MEMBERSHIP");
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** It hears nothing before it is bound: its protocol is none. */
function rawSocket(): number {
  const fd = tryNewSocket(AF_PACKET, SOCK_RAW);
  if (fd >= 0) return fd;
  if (errno() !== EPERM) throw new SystemCallError("socket AF_PACKET", errno());
  return refuse("EPERM", "it takes root or CAP_NET_RAW (setcap cap_net_raw+ep) to read an interface");
}

function set(fd: number, option: number, value: Int32Array, name: string): void {
  check(cSetsockopt(fd, SOL_PACKET, option, new Uint8Array(value.buffer), value.byteLength), `setsockopt ${name}`);
}

function address(index: number): Uint8Array {
  const octets = new Uint8Array(SOCKADDR_LL_SIZE);
  const view = new DataView(octets.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(LL_PROTOCOL, ETH_P_ALL);
  view.setInt32(LL_INDEX, index, true);
  return octets;
}

function boundTo(fd: number): DataView {
  const octets = new Uint8Array(SOCKADDR_LL_SIZE);
  const size = new Uint8Array(Uint32Array.of(octets.length).buffer);
  check(cGetsockname(fd, octets, size), "getsockname");
  return new DataView(octets.buffer);
}

function requireEthernet(fd: number): void {
  const kind = boundTo(fd).getUint16(LL_KIND, true);
  if (kind === ARPHRD_LOOPBACK) refuse("EINVAL", "it hands back all that it is given: frames would go in a circle");
  if (kind !== ARPHRD_ETHER) refuse("EINVAL", "it is no Ethernet interface");
}

/** A socket that can be read when any interface changes: one that is down is removed without a word to who holds it. */
export function interfaceChanges(): number {
  const fd = netlinkSocket(NETLINK_ROUTE);
  const octets = new Uint8Array(SOCKADDR_NL_SIZE);
  const view = new DataView(octets.buffer);
  view.setUint16(0, AF_NETLINK, true);
  view.setUint32(NL_GROUPS, RTMGRP_LINK, true);
  bindTo(fd, octets, "rtnetlink");
  return fd;
}

/** Whether the interface is there, up or down. */
export function isThere(fd: number): boolean {
  return boundTo(fd).getInt32(LL_INDEX, true) > 0;
}
