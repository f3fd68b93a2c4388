// A connection to a management console, with the words that VDE's own programs have where there is none.

import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { SwitchError } from "../../host/errors.js";
import { Failure } from "../cli/tool.js";
import { connectFile } from "./connect-file.js";
import { requireConsole } from "./trust.js";

/** VDE's programs end with it where there is no console. */
export const NO_CONSOLE = 255;

/** Connects, or fails with what to do about it. Whoever replaced the socket gets no command. */
export async function connectConsole(path: string): Promise<Socket> {
  let socket: Socket | undefined;
  try {
    socket = await connectFile(path);
    requireConsole(socket, path);
    return socket.setEncoding("utf8");
  } catch (error) {
    socket?.destroy();
    throw new Failure(`Socket connecting error: ${await inWords(error as NodeJS.ErrnoException, path)}`, NO_CONSOLE);
  }
}

async function inWords(error: NodeJS.ErrnoException, path: string): Promise<string> {
  if (error instanceof SwitchError) return error.message;
  const { strerror } = await import("../native/libc.js");
  const why = `${path}: ${strerror(error.errno ?? 0)}`;
  const hint = hintOf(error.code ?? "", path);
  return hint === "" ? why : `${why}: ${hint}`;
}

/** What a person can do. */
function hintOf(code: string, path: string): string {
  const serves = (sock: string) => `the console is the socket that a switch was given with -M (vde_switch -M ${sock})`;
  if (existsSync(join(path, "ctl"))) return `that is a directory for plugs; ${serves("PATH")}`;
  if (existsSync(`${path}/.`)) return `that is a directory; ${serves("PATH")}`;
  if (code === "ENOENT") return `nothing is there; ${serves(path)}, and other programs with --mgmt`;
  if (code === "ECONNREFUSED") return "no program serves it any more: start the switch again";
  if (code === "EACCES") return "this user may not use it: --mgmtmode and --mgmtgroup of the switch say who may";
  return "";
}
