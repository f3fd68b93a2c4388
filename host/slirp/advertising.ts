// What router advertisements say: RFC 4861, with resolvers and domains (RFC 8106) and routes (RFC 4191).

import { type Prefix, parsePrefix } from "./address.js";

export type Preference = "low" | "medium" | "high";

export interface PrefixTold {
  readonly prefix: Prefix;
  /** Its addresses are of this link; and guests make some of their own. */
  readonly onLink: boolean;
  readonly autonomous: boolean;
  readonly validS: number;
  readonly preferredS: number;
}

export interface RouteTold {
  readonly prefix: Prefix;
  readonly lifetimeS: number;
  readonly preference: Preference;
}

export interface Advertising {
  /** Everybody is told at times between these. */
  readonly intervalMinMs: number;
  readonly intervalMs: number;
  /** DHCPv6 has addresses; it knows more. What the gateway itself does where it is not said. */
  readonly managed?: boolean;
  readonly other?: boolean;
  readonly mtu?: number;
  readonly hopLimit: number;
  readonly routerS: number;
  readonly preference: Preference;
  readonly reachableMs: number;
  readonly retransmitMs: number;
  readonly sourceAddress: boolean;
  readonly prefixes: readonly PrefixTold[];
  readonly routes: readonly RouteTold[];
  /** Where they are absent, the gateway's own. */
  readonly resolvers?: readonly { readonly addresses: readonly Uint8Array[]; readonly lifetimeS: number }[];
  readonly domains?: readonly { readonly names: readonly string[]; readonly lifetimeS: number }[];
}

export const FOREVER_S = 0xffff_ffff;

/** Where nothing else is said of a prefix. Guests make addresses by those of 64 bits alone. */
export function toldOf(prefix: Prefix): PrefixTold {
  return { prefix, onLink: true, autonomous: prefix.bits === 64, validS: 86_400, preferredS: 14_400 };
}

/** Where nothing else is said. */
export const USUAL: Advertising = {
  intervalMinMs: 200_000,
  intervalMs: 200_000,
  hopLimit: 64,
  routerS: 1_800,
  preference: "medium",
  reachableMs: 0,
  retransmitMs: 0,
  sourceAddress: true,
  prefixes: [],
  routes: [],
};

export function v6Prefix(text: string): Prefix {
  return parsePrefix(text, { v4: 32, v6: 64 });
}
