// Whether rules allow or deny a destination, judged by where a connection really goes.

import { type Address, isIn, type Prefix } from "./address.js";
import { meantBy } from "./meanings.js";
import type { Rule } from "./rule.js";

/** Where a guest's connection goes. */
export interface Destination {
  /** As the guest has it. */
  readonly written: Address;
  /** Where it really leads. */
  readonly real: Address;
  /** Hosts that the real address stands for, where a router beyond may translate it. */
  readonly carried: readonly Address[];
  /** Whatever is written in the same way, where that is not simply an address. */
  readonly spelling: Prefix | undefined;
  /** What a rule must name, and not merely cover, to let guests go there. */
  readonly named: Prefix | undefined;
  readonly port: number;
}

/** Whether all of a prefix is in another. */
export function isWithin(prefix: Prefix, outer: Prefix): boolean {
  return prefix.bits >= outer.bits && isIn(prefix.address, outer);
}

/** A rule with all that it is about: its prefix as it is written, and as the IPv4 that it means. */
export interface ReadyRule extends Rule {
  readonly prefixes: readonly Prefix[];
}

export function ready(rule: Rule): ReadyRule {
  const meant = meantBy(rule.prefix);
  return { ...rule, prefixes: meant === undefined ? [rule.prefix] : [rule.prefix, meant] };
}

function covers({ prefixes, first, last }: ReadyRule, address: Address, port: number): boolean {
  return port >= first && port <= last && prefixes.some((prefix) => isIn(address, prefix));
}

/** Denied is what any of its addresses is denied by. */
export function isDenied(rules: readonly ReadyRule[], { written, real, carried, port }: Destination): boolean {
  const all = [written, real, ...carried];
  return rules.some((rule) => all.some((address) => covers(rule, address, port)));
}

/**
 * Allowed is what a rule covers by its meaning, or names in the way that it is written: a rule for all of IPv6 does not let
 * anybody to IPv4 hosts, and one for all of IPv4 not to this machine's loopback.
 */
export function isAllowed(rules: readonly ReadyRule[], destination: Destination): boolean {
  const { written, real, carried, spelling, named, port } = destination;
  const isSpelled = ({ prefix }: ReadyRule) => spelling !== undefined && isWithin(prefix, spelling);
  if (rules.some((rule) => isSpelled(rule) && covers(rule, written, port))) return true;
  const isNamed = ({ prefixes }: ReadyRule) => named === undefined || prefixes.some((each) => isWithin(each, named));
  const meant = carried.length > 0 ? carried : [real];
  return meant.every((address) => rules.some((rule) => isNamed(rule) && covers(rule, address, port)));
}
