// The addresses that this machine has, as they are now.

import { networkInterfaces } from "node:os";
import { type Address, addressText, parseAddress } from "../../host/slirp/address.js";

/** An address that is new may be taken for somebody else's so long. */
const LOOK_MS = 2_000;

let own: ReadonlySet<string> = new Set();
let lookedMs = Number.NEGATIVE_INFINITY;

export function isHostAddress(address: Address): boolean {
  const now = performance.now();
  if (now - lookedMs > LOOK_MS) {
    lookedMs = now;
    const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    own = new Set(all.map((each) => addressText(parseAddress(each.address.replace(/%.*/, "")) ?? new Uint8Array(4))));
  }
  return own.has(addressText(address));
}
