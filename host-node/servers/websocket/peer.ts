// Where a connection comes from: its address, as a number of clients is counted by it and as people read it.

import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

export interface Peer {
  /** By which clients are counted: an IPv4 address, or the 64 bits of an IPv6 one that one site has. */
  readonly site: string;
  /** "192.0.2.7:51234", "[2001:db8::1]:51234"; without a port where a proxy does not say. */
  readonly text: string;
}

/** An IPv4 address that came in through an IPv6 socket is one all the same. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** The address itself, or the first four groups of an IPv6 one. */
export function siteOf(from: string): string {
  const address = plain(from);
  if (!isIPv6(address)) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...new Array<string>(Math.max(0, gap)).fill("0"), ...rest];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

/** Who is at the other end. Behind a proxy that is the last that the proxy added to X-Forwarded-For. */
export function peerOf({ socket, headers }: IncomingMessage, isBehindProxy: boolean): Peer {
  const address = plain(socket.remoteAddress ?? "");
  const forwarded = isBehindProxy
    ? String(headers["x-forwarded-for"] ?? "")
        .split(",")
        .at(-1)
        ?.trim()
    : "";
  if (forwarded) return { site: siteOf(forwarded), text: forwarded.replace(/[^\w.:[\]-]/g, "?") };
  const host = isIPv6(address) ? `[${address}]` : address;
  return { site: siteOf(address), text: `${host}:${socket.remotePort ?? 0}` };
}

/** The peer of an upgrade whose server passed no details: the address of the socket, which may be a proxy. */
export function unknown(request: IncomingMessage): { readonly site: string; readonly log: () => void } {
  return { site: peerOf(request, false).site, log() {} };
}
