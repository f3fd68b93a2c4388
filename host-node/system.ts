// What a manager of a switch gets from this machine.

import { readFileSync } from "node:fs";
import { ERRORS, type ErrorCode, refuse, SwitchError } from "../host/errors.js";
import type { System } from "../host/system.js";
import { findGroup, findUser, groupName, userName } from "./native/accounts.js";
import { importPlugin } from "./plugins.js";
import { VERSION } from "./version.js";

const SCRIPT_SIZE_MAX = 1_048_576;

export function nodeSystem(own: Pick<System, "control" | "management" | "log" | "shutdown">): System {
  return {
    ...own,
    version: VERSION,
    pid: process.pid,
    readScript,
    importPlugin: (name) => importPlugin(name),
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

/** Refusals of the file system in the switch's words; whatever else went wrong is no usable file. */
function asRefusal(error: unknown, about: string): Error {
  if (error instanceof SwitchError) return error;
  const { code = "", message } = error as NodeJS.ErrnoException;
  return code in ERRORS ? new SwitchError(code as ErrorCode, about) : new SwitchError("EINVAL", `${about}: ${message}`);
}
