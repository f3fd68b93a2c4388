// What a manager may name on this machine, for the Tab key: files by their path, plugins, and links by their scheme.

import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { System } from "../host/system.js";
import { OWN_PLUGINS } from "./plugins.js";
import { SCHEMES } from "./transports/schemes.js";

const PATHS_MAX = 500;
/** What a plugin is, to its last letters. */
const MODULE = /\.m?js$/;
/** A path with another character than these would not come back as it is from who prints it. */
const PRINTABLE = /^\P{Cc}+$/u;

export const offers: NonNullable<System["offers"]> = (what, typed) => {
  if (what === "script") return paths(typed);
  if (what === "plugin")
    return [...OWN_PLUGINS, ...paths(typed).filter((path) => /\/$/.test(path) || MODULE.test(path))];
  return SCHEMES.map(({ scheme }) => `${scheme}://`);
};

/** The paths that begin so; folders with a slash at their end. Hidden ones only where the dot is typed. */
function paths(typed: string): string[] {
  const start = typed.endsWith("/") || typed === "" ? "" : basename(typed);
  const folder = typed.slice(0, typed.length - start.length);
  try {
    return readdirSync(folder || ".", { withFileTypes: true })
      .filter(({ name }) => name.startsWith(start) && PRINTABLE.test(name) && (start !== "" || !name.startsWith(".")))
      .slice(0, PATHS_MAX)
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() || leadsToFolder(folder, entry) ? "/" : ""}`)
      .sort();
  } catch {
    return []; // no such folder, or not for us
  }
}

function leadsToFolder(folder: string, entry: { name: string; isSymbolicLink(): boolean }): boolean {
  if (!entry.isSymbolicLink()) return false;
  return statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
