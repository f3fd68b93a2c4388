// Whether an address is this machine's, as it is now. The kernel binds sockets to its own addresses alone, those of interfaces
// without a carrier included, which Node does not tell of; and it is asked whether it would keep a packet to the address: it
// keeps those of routes that make a network its own, and, as a router, those to the anycast addresses of its networks.

import { networkInterfaces } from "node:os";
import { type Address, addressText } from "../../host/slirp/address.js";
import { close, type SystemCallError } from "../native/libc.js";
import { isRoutedHere } from "../native/route.js";
import { openBound } from "../native/udp.js";

/** Is reserved: where a socket may be bound to it, it may to any (ip_nonlocal_bind). */
const NOBODYS = "240.0.0.1";

/** How the kernel says that an address is not its own: as such, as one of a link, as one of a family that it has not. */
const FOREIGN = new Set(["EADDRNOTAVAIL", "EINVAL", "EAFNOSUPPORT"]);

/** There is none to ask with, for now. */
const OUT_OF = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);

/** An answer holds so long, so that a flood of packets is not one of system calls. */
const HOLDS_MS = 1_000;
const KEPT_MAX = 256;

const kept = new Map<string, { readonly isOwn: boolean; readonly untilMs: number }>();

export function isHostAddress(address: Address): boolean {
  const text = addressText(address);
  const now = performance.now();
  const found = kept.get(text);
  if (found !== undefined && now < found.untilMs) return found.isOwn;
  const isOwn = look(text, address);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(text, { isOwn, untilMs: now + HOLDS_MS });
  return isOwn;
}

function look(text: string, address: Address): boolean {
  const failure = bindFailure(text);
  if (failure !== undefined && !FOREIGN.has(failure)) return true; // it cannot be asked: no is the safe answer to guests
  if (failure === undefined && bindFailure(NOBODYS) !== undefined) return true;
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.some((each) => each.address.replace(/%.*/, "") === text) || isKept(address);
}

function isKept(address: Address): boolean {
  try {
    return isRoutedHere(address);
  } catch (error) {
    return OUT_OF.has((error as SystemCallError).code);
  }
}

/** Why a socket cannot be bound to an address; undefined where it can. */
function bindFailure(address: string): string | undefined {
  try {
    close(openBound(address, 0));
    return undefined;
  } catch (error) {
    return (error as SystemCallError).code;
  }
}
