// A client of an encrypted cable as a link: "crypt://user@host:7667", with keys by ssh, or from a file.

import { readParameters, splitWords } from "../../host/vde/parameters.js";
import type { Side } from "../cable/side.js";
import { openClient } from "../crypt/dial.js";
import type { PlugOptions } from "./open.js";

/** The server stands first, and may have brackets of its own. */
export async function openCrypt(rest: string, { warn, stop }: PlugOptions): Promise<Side> {
  const [, remote = rest, inside] = /^(.*)\[((?:preshared|keepalive).*)\]$/s.exec(rest) ?? [];
  const words = inside === undefined ? [] : splitWords(inside);
  const { preshared, keepalive } = readParameters(words, { preshared: "value", keepalive: "flag" });
  return await openClient({
    remote,
    preshared,
    keepalive: keepalive === true,
    ...(warn && { log: warn }),
    ...(stop && { stop }),
  });
}
