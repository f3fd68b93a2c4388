// Where a guest's destination leads, and whether it may go there. What is refused is refused by its meaning, after every
// translation: no other way of writing the loopback's address leads to it.

import { refuse } from "../errors.js";
import { type Address, addressText, isIn, isV4, parsePrefix, sameAddress } from "./address.js";
import { carriedIn, meantBy } from "./meanings.js";
import { inside, MAPPED, WELL_KNOWN } from "./nat64.js";
import type { Settings } from "./options.js";
import { type Rule, ruleText } from "./rule.js";
import { type Destination, isAllowed, isDenied, isWithin, type ReadyRule, ready } from "./rules.js";

/** What a destination outside is called there. */
export interface Target {
  readonly host: string;
  readonly family: 4 | 6;
}

/** Where clouds tell their machines of themselves, keys to the machine's account among that, where it is not link-local. */
const METADATA = [
  "100.100.100.200/32", // Alibaba
  "fd00:100::100:200/128",
  "fd00:ec2::/32", // Amazon: of machines, of containers, and more of the kind
  "168.63.129.16/32", // Azure
  "fd20:ce::254/128", // Google
  "fd00:a9fe:a9fe::/64", // Linode
  "192.0.0.192/32", // Oracle
  "fd00:c1::a9fe:0/112",
  "fd00:42::42/128", // Scaleway
  "100.96.0.96/32", // Volcengine
];

/** Addresses that are nobody's outside of the host, or everybody's. */
const NEVER = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/3",
  "::/96", // unspecified, loopback, and IPv4 as it was written once
  "::ffff:0:0/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/96",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
  ...METADATA,
].map((text) => parsePrefix(text));

/** The one address of the loopback that the gateway's own leads to. */
const LOOPBACK_HOST = Uint8Array.of(127, 0, 0, 1);
const LOOPBACK = { v4: parsePrefix("127.0.0.0/8"), v6: parsePrefix("::1/128") };

/** A rule for another address of the loopback would never be about anything that guests do. */
function requireLoopbackHost(kind: string, rule: Rule): void {
  const prefix = meantBy(rule.prefix) ?? rule.prefix;
  if (isWithin(prefix, LOOPBACK.v4) && !isIn(LOOPBACK_HOST, prefix))
    refuse(
      "EINVAL",
      `${kind} ${ruleText(rule)}: guests reach the loopback as 127.0.0.1 only: name that, or 127.0.0.0/8`,
    );
}

export class Policy {
  readonly #settings: Settings;
  readonly #isHost: (address: Address) => boolean;
  readonly #allow: readonly ReadyRule[];
  readonly #deny: readonly ReadyRule[];

  /**
   * `isHost` says whether an address is one that this host has: by it a guest would reach what the loopback leads to. EINVAL
   * where a rule can change nothing.
   */
  constructor(settings: Settings, isHost: (address: Address) => boolean = () => false) {
    const { allow = [], deny = [] } = settings;
    this.#settings = settings;
    this.#isHost = isHost;
    for (const [kind, rules] of Object.entries({ allow, deny }))
      for (const rule of rules) requireLoopbackHost(kind, rule);
    for (const rule of allow) this.#requireReachable(rule);
    for (const rule of deny) this.#requireDeniable(rule);
    this.#allow = allow.map(ready);
    this.#deny = deny.map(ready);
  }

  /** Where it leads, or undefined where the guest may not go. Port 0 stands for what has none. */
  target(to: Address, port: number): Target | undefined {
    const { hostLoopback = true, restricted = false } = this.#settings;
    if (restricted) return undefined;
    const destination = this.#destination(to, port);
    const { real, carried, named } = destination;
    const isOpen = named === undefined ? [real, ...carried].every((each) => this.#isOpen(each)) : hostLoopback;
    if (!isOpen || isDenied(this.#deny, destination)) return undefined;
    if (this.#allow.length > 0 && !isAllowed(this.#allow, destination)) return undefined;
    return { host: addressText(real), family: isV4(real) ? 4 : 6 };
  }

  #destination(written: Address, port: number): Destination {
    const { nat64 = false, hosts } = this.#settings;
    const own = hosts.find(({ address }) => sameAddress(address, written));
    if (own !== undefined) {
      const [real, named] = isV4(written) ? [LOOPBACK_HOST, LOOPBACK.v4] : [LOOPBACK.v6.address, LOOPBACK.v6];
      return { written, real, carried: [], spelling: own, named, port };
    }
    const v4 = nat64 ? inside(written) : undefined;
    const { hosts: carried = [], spelling } = carriedIn(written) ?? {};
    const translated = [WELL_KNOWN, MAPPED].find((prefix) => v4 !== undefined && isIn(written, prefix));
    return { written, real: v4 ?? written, carried, spelling: translated ?? spelling, named: undefined, port };
  }

  #isOpen(address: Address): boolean {
    const { hostLoopback = true } = this.#settings;
    return this.isOutside(address) && (hostLoopback || !this.#isHost(address));
  }

  /** What is allowed must be somewhere: outside, at the loopback, or at an address that is the gateway's own. */
  #requireReachable(rule: Rule): void {
    const { nat64 = false, hosts, own } = this.#settings;
    const prefix = meantBy(rule.prefix) ?? rule.prefix;
    const open = [LOOPBACK.v4, LOOPBACK.v6, ...(nat64 ? [WELL_KNOWN, MAPPED] : [])];
    const closed = NEVER.filter((outer) => !open.some((each) => isWithin(each, outer)));
    const isGuests = hosts.some((host) => isWithin(prefix, host)) && !own.some((each) => isIn(each, prefix));
    if (isGuests || closed.some((outer) => isWithin(prefix, outer)))
      refuse("EINVAL", `allow ${ruleText(rule)}: guests never go there, whatever is allowed`);
  }

  /** Names are answered in any case, so that nobody may believe that they are not. */
  #requireDeniable(rule: Rule): void {
    const { hosts } = this.#settings;
    const isNamesAlone =
      this.resolvers.some((each) => isIn(each, rule.prefix)) &&
      !hosts.some(({ address }) => isIn(address, rule.prefix));
    if (isNamesAlone) refuse("EINVAL", `deny ${ruleText(rule)}: names are answered in any case`);
  }

  /** The gateway's own addresses where guests ask for names. */
  get resolvers(): readonly Address[] {
    const { own, dns4, dns6 } = this.#settings;
    return own.filter((each) => [dns4, dns6].some((dns) => dns !== undefined && sameAddress(dns, each)));
  }

  /** Whether an address is somebody's outside: neither this host's alone, nor everybody's, nor the virtual network's. */
  isOutside(address: Address): boolean {
    return !NEVER.some((prefix) => isIn(address, prefix)) && !this.#settings.isInside(address);
  }
}
