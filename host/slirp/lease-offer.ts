// What a DHCP server may offer, for IPv4 and IPv6: no address of the gateway's own, and none that another guest uses, who may
// have set it by hand (RFC 2131, 4.4.1; RFC 8415, 18.3.1). A guest that is gone keeps nothing: it is asked for.

import type { Address } from "./address.js";
import type { Client, Lease, Leases } from "./leases.js";
import type { Stack } from "./stack.js";

const TRIES = 8;
/** Longer than a guest has to answer, so that the next try hears of it. */
const USED_MS = 10_000;

export interface Wish {
  readonly client: Client;
  /** The number of the address that the client asks for. */
  readonly wanted?: number | undefined;
  readonly addressOf: (lease: Lease) => Address;
}

/** A lease for a client: one that it holds, or a new one. Undefined where no address is free. */
export function offerFree(stack: Stack, leases: Leases, { client, wanted, addressOf }: Wish): Lease | undefined {
  const now = stack.clock.now();
  for (let tries = 0; tries < TRIES; tries++) {
    const lease = leases.offer(client, wanted, now);
    if (lease === undefined) return undefined;
    const address = addressOf(lease);
    const isHeld = lease.isTaken && lease.untilMs > now;
    const user = isHeld ? undefined : stack.neighbours.userBeside(client.source, address);
    if (stack.isOwn(address)) leases.withhold(lease, Number.POSITIVE_INFINITY);
    else if (user !== undefined) leases.withhold(lease, now + USED_MS, user);
    else return lease;
  }
  return undefined;
}
