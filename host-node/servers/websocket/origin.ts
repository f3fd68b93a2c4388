// Which pages may open a WebSocket here. A browser lets any page try, with its user's own way into the network, and says
// in Origin which page it is. Programs say nothing there, and need no page's leave.

import { isIP } from "node:net";

export interface Asking {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Whether it came to an address of this machine alone. */
  readonly isLoopback: boolean;
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
 * Why a page may not come in; undefined where it may. Without a list, a page of the same host may. What is served to this
 * machine alone is asked for by a name of it, or else a stranger's name was made to lead here (DNS rebinding).
 */
export function refusal({ origin, host, isLoopback }: Asking, allowed: readonly string[]): string | undefined {
  if (origin === undefined) return undefined;
  const page = origin === "*" ? undefined : readOrigin(origin); // no page is all pages
  if (page !== undefined && (allowed.includes("*") || allowed.includes(page))) return undefined;
  const advice = `--ws-origin ${page ?? "ORIGIN"} lets it in`;
  if (page === undefined || page === "null" || host === undefined) return `a page of no host (${origin}): ${advice}`;
  if (new URL(page).host !== host.toLowerCase()) return `a page of ${page}: ${advice}`;
  return isLoopback && !isOwnName(new URL(page).hostname)
    ? `a page of ${page}, which leads to this machine: ${advice}`
    : undefined;
}

/** Whether a host is named by its number, or by a name that leads to this machine and to no other. */
export function isOwnName(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, "")) !== 0 || name === "localhost" || name.endsWith(".localhost");
}
