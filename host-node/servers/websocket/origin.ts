// Which pages may open a WebSocket here. A browser lets any page try, with its user's own way into the network, and says
// in Origin which page it is. Programs say nothing there, and need no page's leave.

import { isIP } from "node:net";
import { hostname } from "node:os";

export interface Asking {
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

/** "http://lab.example" without what does not matter; "null" and "*" stay what they are. undefined for what is none. */
export function readOrigin(text: string): string | undefined {
  if (text === "*" || text === "null") return text;
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, host, pathname } = new URL(text);
  if (host === "" || pathname.length > 1) return undefined;
  return origin === "null" ? `${protocol}//${host}` : origin;
}

/**
 * Why a page may not come in; undefined where it may. Without a list, a page of the same host may. Without a certificate
 * anybody's name can be made to lead here, after its page was loaded from elsewhere (DNS rebinding): a page of http has
 * then a name that only this machine has. One of https speaks to nobody who has no certificate for its name.
 */
export function refusal({ origin, host }: Asking, allowed: readonly string[]): string | undefined {
  if (origin === undefined) return undefined;
  const page = origin === "*" ? undefined : readOrigin(origin); // no page is all pages
  if (page !== undefined && (allowed.includes("*") || allowed.includes(page))) return undefined;
  const advice = `--ws-origin ${page ?? "ORIGIN"} lets it in`;
  if (page === undefined || page === "null" || host === undefined) return `a page of no host (${origin}): ${advice}`;
  const { protocol, host: pageHost, hostname: name } = new URL(page);
  if (pageHost !== host.toLowerCase()) return `a page of ${page}: ${advice}`;
  if (protocol === "https:" || isOwnName(name)) return undefined;
  return `a page of ${page}, a name that may have been made to lead here: ${advice}`;
}

/** Whether a host is named by its number, or by a name that leads to this machine and to no other. */
export function isOwnName(name: string): boolean {
  const own = hostname().toLowerCase();
  const names = ["localhost", own, `${own}.local`];
  return names.includes(name) || name.endsWith(".localhost") || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
}
