// ICMPv6, by its types: neighbours, routers, pings.

import type { Icmp } from "./icmp.js";
import { ADVERTISEMENT, type Ndp, SOLICITATION } from "./ndp.js";
import type { Packet } from "./packet.js";
import { ROUTER_SOLICITATION, type RouterAdvertisements } from "./ra.js";
import type { Protocol } from "./stack.js";

export class Icmpv6 implements Protocol {
  readonly #ndp: Ndp;
  readonly #echo: Icmp;
  /** Absent where the gateway tells nobody that it is a router. */
  readonly #router: RouterAdvertisements | undefined;

  constructor(ndp: Ndp, echo: Icmp, router: RouterAdvertisements | undefined) {
    this.#ndp = ndp;
    this.#echo = echo;
    this.#router = router;
  }

  input(packet: Packet): void {
    const type = packet.memory.octets[packet.at];
    if (type === SOLICITATION || type === ADVERTISEMENT) this.#ndp.input(packet);
    else if (type === ROUTER_SOLICITATION) this.#router?.input(packet);
    else if (packet.neighbour !== undefined) this.#echo.input(packet);
  }
}
