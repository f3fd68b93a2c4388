// Where a guest's destination leads, and whether it may go there. What is refused is refused by its meaning, after every
// translation: no other way of writing the loopback's address leads to it.

import { refuse } from "../errors.js";
import { type Address, addressText, isIn, isV4, type Prefix, parsePrefix, sameAddress } from "./address.js";
import { inside } from "./nat64.js";
import type { Settings } from "./options.js";

/** Destinations that are allowed or denied: all of a prefix, or some of its ports. */
export interface Rule {
  readonly prefix: Prefix;
  readonly first: number;
  readonly last: number;
}

/** What a destination outside is called there. */
export interface Target {
  readonly host: string;
  readonly family: 4 | 6;
}

/** Addresses that are nobody's outside of the host, or everybody's. */
const NEVER = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/3",
  // what clouds tell their machines of themselves, where that is not link-local
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
  "fd00:ec2::254/128",
  "::/96", // unspecified, loopback, and IPv4 as it was written once
  "::ffff:0:0/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/96",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
].map((text) => parsePrefix(text));

const PORT_MAX = 0xffff;

export class Policy {
  readonly #settings: Settings;
  readonly #isHost: (address: Address) => boolean;

  /** `isHost` says whether an address is one that this host has: by it a guest would reach what the loopback leads to. */
  constructor(settings: Settings, isHost: (address: Address) => boolean = () => false) {
    this.#settings = settings;
    this.#isHost = isHost;
  }

  /** Where it leads, or undefined where the guest may not go. Port 0 stands for what has none. */
  target(to: Address, port: number): Target | undefined {
    const { nat64 = false, hosts, hostLoopback = true, restricted = false } = this.#settings;
    const v4 = nat64 ? inside(to) : undefined;
    const meant = v4 ?? to;
    if (restricted || !this.#isAllowed(meant, port)) return undefined;
    if (hosts.some(({ address }) => sameAddress(address, to))) {
      if (!hostLoopback) return undefined;
      return isV4(to) ? { host: "127.0.0.1", family: 4 } : { host: "::1", family: 6 };
    }
    if (!this.isOutside(meant) || (!hostLoopback && this.#isHost(meant))) return undefined;
    return { host: addressText(meant), family: isV4(meant) ? 4 : 6 };
  }

  /** The gateway's own addresses where guests ask for names. */
  get resolvers(): readonly Address[] {
    const { own, dns4, dns6 } = this.#settings;
    return own.filter((each) => [dns4, dns6].some((dns) => dns !== undefined && sameAddress(dns, each)));
  }

  /** Whether an address is somebody's outside: neither this host's alone, nor everybody's, nor the virtual network's. */
  isOutside(address: Address): boolean {
    const { hosts } = this.#settings;
    return !NEVER.some((prefix) => isIn(address, prefix)) && !hosts.some((host) => isIn(address, host));
  }

  #isAllowed(to: Address, port: number): boolean {
    const { allow = [], deny = [] } = this.#settings;
    const matches = ({ prefix, first, last }: Rule) => isIn(to, prefix) && port >= first && port <= last;
    return !deny.some(matches) && (allow.length === 0 || allow.some(matches));
  }
}

/** Reads PREFIX, PREFIX:PORT or PREFIX:FIRST-LAST; a prefix of IPv6 stands in brackets where ports follow. */
export function parseRule(text: string): Rule {
  const [, bracketed, plain, first, last = first] =
    /^(?:\[([^\]]+)\]|([^[\]]*?))(?::(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(text) ?? [];
  const isWhole = (text.match(/:/g) ?? []).length > 1 && bracketed === undefined;
  const prefix = parsePrefix(isWhole ? text : (bracketed ?? plain ?? text));
  if (isWhole || first === undefined) return { prefix, first: 0, last: PORT_MAX };
  const ports = [Number(first), Number(last)] as const;
  if (ports[0] > ports[1] || ports[1] > PORT_MAX)
    refuse("EINVAL", `${text}: ports are 0 to 65535, the lower one first`);
  return { prefix, first: ports[0], last: ports[1] };
}
