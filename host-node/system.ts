// What a manager of a switch gets from this machine.

import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ERRORS, type ErrorCode, refuse, SwitchError } from "../host/errors.js";
import type { Plugin } from "../host/plugin.js";
import type { System } from "../host/system.js";
import { findGroup, findUser, groupName, userName } from "./native/accounts.js";
import { VERSION } from "./version.js";

/** Plugins that come with the package, by name. */
const OWN = ["dump", "pdump", "iplog"];
const SCRIPT_SIZE_MAX = 1_048_576;

export function nodeSystem(own: Pick<System, "control" | "management" | "log" | "shutdown">): System {
  return {
    ...own,
    version: VERSION,
    pid: process.pid,
    readScript,
    importPlugin,
    findUser,
    findGroup,
    userName,
    groupName,
  };
}

function readScript(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    return text.length <= SCRIPT_SIZE_MAX ? text : refuse("EINVAL", `${path} is longer than any script`);
  } catch (error) {
    throw asRefusal(error, path);
  }
}

/** Where a plugin is: ours by its name, as VDE's library too; any other by its path, or by the name of its package. */
function moduleOf(name: string): string {
  const own = basename(name, ".so");
  if (OWN.includes(own)) return new URL(`./plugins/${own}.js`, import.meta.url).href;
  return /^[./]|\.[cm]?js$/.test(name) ? pathToFileURL(resolve(name)).href : name;
}

async function importPlugin(name: string): Promise<Plugin> {
  try {
    const { default: plugin } = (await import(moduleOf(name))) as { default?: Partial<Plugin> };
    if (typeof plugin?.name === "string" && typeof plugin.start === "function") return plugin as Plugin;
  } catch (error) {
    throw asRefusal(error, name);
  }
  return refuse("EINVAL", `${name} is no plugin: see docs/guides/plugins.md`);
}

/** Refusals of the file system in the switch's words; whatever else went wrong is no usable file. */
function asRefusal(error: unknown, about: string): Error {
  if (error instanceof SwitchError) return error;
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (code === "ERR_MODULE_NOT_FOUND") return new SwitchError("ENOENT", about);
  return code in ERRORS ? new SwitchError(code as ErrorCode, about) : new SwitchError("EINVAL", `${about}: ${message}`);
}
