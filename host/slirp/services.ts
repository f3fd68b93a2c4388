// What the gateway itself answers: who guests are, what others are called, and what they boot.

import type { Address } from "./address.js";
import { DHCP_PORT, Dhcp, type Shown } from "./dhcp.js";
import { DHCPV6_PORT, Dhcpv6 } from "./dhcpv6.js";
import { DNS_PORT, Dns } from "./dns.js";
import type { Stack, Timed } from "./stack.js";
import { TFTP_PORT, Tftp } from "./tftp.js";
import type { Udp } from "./udp.js";

export class Services implements Timed {
  readonly #tftp: Tftp | undefined;
  readonly #givers: readonly { list(): readonly Shown[]; holder(address: Address): string | undefined }[];

  constructor(stack: Stack, udp: Udp) {
    const { pool, host6, dhcpv6 = false, tftp = false } = stack.settings;
    const v4 = pool && new Dhcp(stack, udp, pool);
    const v6 = host6 && dhcpv6 ? new Dhcpv6(stack, udp) : undefined;
    if (v4 !== undefined) udp.serve(DHCP_PORT, v4);
    if (v6 !== undefined) udp.serve(DHCPV6_PORT, v6);
    udp.serve(DNS_PORT, new Dns(stack, udp));
    if (tftp) {
      this.#tftp = new Tftp(stack, udp);
      udp.serve(TFTP_PORT, this.#tftp);
    }
    this.#givers = [v4, v6].filter((each) => each !== undefined);
  }

  leases(): readonly Shown[] {
    return this.#givers.flatMap((giver) => giver.list());
  }

  /** The hardware address of the guest that an address is leased to. */
  holder(address: Address): string | undefined {
    for (const giver of this.#givers) {
      const found = giver.holder(address);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  tick(nowMs: number): number {
    return this.#tftp?.tick(nowMs) ?? Number.POSITIVE_INFINITY;
  }
}
