// The ways to open links, by the scheme of a URL, as a table that the documentation is printed from too.

import { refuse } from "./errors.js";

/** A row of the table. What it takes to open such a link is loaded when one is opened. */
export interface Scheme<Open> {
  readonly scheme: string;
  readonly example: string;
  readonly help: string;
  /** See Link. */
  readonly isDistant?: true;
  /** For what can be lost and be there again: it is looked for no less often than this. */
  readonly returnsMs?: number;
  load(): Promise<Open>;
}

/** A URL in two: "tap://tap0" is "tap" and "tap0". undefined for what has no scheme. */
export function splitUrl(url: string): { scheme: string; rest: string } | undefined {
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url) ?? [];
  return scheme === undefined ? undefined : { scheme, rest };
}

/** The row of a scheme. EPROTONOSUPPORT, with those that there are, where it is not in the table. */
export function findScheme<Open>(table: readonly Scheme<Open>[], scheme: string): Scheme<Open> {
  const found = table.find((row) => row.scheme === scheme);
  const all = table.map((row) => row.scheme).join(", ");
  return found ?? refuse("EPROTONOSUPPORT", `${scheme}: the kinds of links are ${all}`);
}
