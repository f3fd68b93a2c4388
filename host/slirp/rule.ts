// A rule about what guests may reach, as people write it: a prefix, and ports.

import { refuse } from "../errors.js";
import { addressText, isV4, type Prefix, parsePrefix } from "./address.js";

/** Destinations that are allowed or denied: all of a prefix, or some of its ports. */
export interface Rule {
  readonly prefix: Prefix;
  readonly first: number;
  readonly last: number;
}

const PORT_MAX = 0xffff;

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

/** What `parseRule` reads. */
export function ruleText({ prefix, first, last }: Rule): string {
  const whole = `${addressText(prefix.address)}/${prefix.bits}`;
  if (first === 0 && last === PORT_MAX) return whole;
  const place = isV4(prefix.address) ? whole : `[${whole}]`;
  return `${place}:${first === last ? first : `${first}-${last}`}`;
}
