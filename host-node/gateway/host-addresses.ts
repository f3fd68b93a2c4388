// Whether an address is this machine's, as it is now. The kernel binds sockets to its own addresses alone, and knows them
// all: those of interfaces without a carrier, which Node does not tell of, and those that a route makes its own.

import { networkInterfaces } from "node:os";
import { type Address, addressText } from "../../host/slirp/address.js";
import { close } from "../native/libc.js";
import { openBound } from "../native/udp.js";

/** Is reserved: where a socket may be bound to it, it may to any (ip_nonlocal_bind). */
const NOBODYS = "240.0.0.1";

export function isHostAddress(address: Address): boolean {
  const text = addressText(address);
  if (!canBind(text)) return false;
  if (!canBind(NOBODYS)) return true;
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.some((each) => each.address.replace(/%.*/, "") === text);
}

function canBind(address: string): boolean {
  try {
    close(openBound(address, 0));
    return true;
  } catch {
    return false;
  }
}
