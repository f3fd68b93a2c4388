// Where plugins are found: ours by name, as VDE's libraries too; others by path, or by name in ~/.vde2/plugins.

import { existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { refuse } from "../host/errors.js";
import type { Plugin } from "../host/plugin.js";
import { requireTrusted, requireTrustedFolder } from "./trusted-file.js";

type Module = { readonly default?: unknown };

/** Plugins that come with the package. */
const OWN: Readonly<Record<string, () => Promise<Module>>> = {
  dump: () => import("../host/plugins/dump.js"),
  pdump: () => import("./plugins/pdump.js"),
  iplog: () => import("./plugins/iplog.js"),
};

/** Those that need no path. */
export const OWN_PLUGINS: readonly string[] = Object.keys(OWN);

/** Names of shared objects, as scripts for VDE's own switch have them. */
const LIBRARY = /\.so(\.\d+)*$/;

/** Finds a plugin, and runs its module. ENOENT where there is none; EINVAL where it is none, or breaks as it is read. */
export async function importPlugin(name: string, folder = join(homedir(), ".vde2/plugins")): Promise<Plugin> {
  const load = OWN[ownName(name)];
  const { default: plugin } = load ? await load() : await importFile(name, fileOf(name, folder));
  return isPlugin(plugin) ? plugin : refuse("EINVAL", `${name} is no plugin: see docs/guides/plugins.md`);
}

/** "dump" of "dump", "dump.so", "libdump.so", and "/usr/lib/vde2/plugins/dump.so". */
function ownName(name: string): string {
  const word = LIBRARY.test(name) ? basename(name).replace(LIBRARY, "").replace(/^lib/, "") : name;
  return Object.hasOwn(OWN, word) ? word : "";
}

/** A name with a slash is a path. Others are names in the folder: what is in the working directory never is in the way. */
function fileOf(name: string, folder: string): string {
  const tried = name.includes("/")
    ? [resolve(name)]
    : [name, `${name}.js`, `${name}.mjs`].map((file) => join(folder, file));
  const found = tried.find((path) => existsSync(path));
  if (LIBRARY.test(name) && (found !== undefined || !name.includes("/")))
    refuse("EINVAL", `${name} is a library for VDE's own switch: plugins are ES modules here`);
  return (
    found ?? refuse("ENOENT", name.includes("/") ? name : `there is no ${tried.join(", nor ")}; a path has a slash`)
  );
}

/** A file that has changed since it was read is another module: who mends a plugin need not restart the switch. */
async function importFile(name: string, found: string): Promise<Module> {
  const path = realpathSync(found);
  const state = statSync(path);
  if (!state.isFile()) refuse("EINVAL", `${name} is no file`);
  requireTrusted(state, path);
  requireTrustedFolder(statSync(dirname(path)), dirname(path));
  try {
    return await import(`${pathToFileURL(path).href}?${state.mtimeMs}`);
  } catch (error) {
    return refuse("EINVAL", `${name}: ${error}`);
  }
}

function isPlugin(value: unknown): value is Plugin {
  const { name, help, start } = (value ?? {}) as Partial<Record<keyof Plugin, unknown>>;
  return typeof name === "string" && /^\S+$/.test(name) && typeof help === "string" && typeof start === "function";
}
