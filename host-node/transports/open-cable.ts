// Opens an end of a cable for a tool: a failure is one line in the words that VDE's own tools have.

import { SwitchError } from "../../host/errors.js";
import type { Opened } from "../cable/side.js";
import { Failure } from "../cli/tool.js";
import { strerror } from "../native/libc.js";
import { codeOfNoStart } from "../pipeline/start.js";
import { reason } from "../reason.js";
import { adviceFor } from "./advice.js";
import { openLink, type PlugOptions } from "./open.js";

/** "vde_open /tmp/sw: No such file or directory". A name of "" is the user's usual switch. */
export async function openCable(name: string, options: PlugOptions): Promise<Opened> {
  return await orFail(name === "" ? "default switch" : name, name, () => openLink(name, options));
}

/** The same of a command by its words. */
export async function openCommandCable(words: readonly string[]): Promise<Opened> {
  const { startCommand } = await import("./cmd.js");
  return await orFail(words[0] ?? "", `cmd://${words[0]}`, () => startCommand(words), codeOfNoStart);
}

async function orFail(
  what: string,
  name: string,
  open: () => Promise<Opened>,
  codeOf: (error: NodeJS.ErrnoException) => number = () => 1,
): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (typeof code !== "string" || errno === undefined) throw error;
    const detail = error instanceof SwitchError ? error.detail : "";
    const more = detail === "" ? adviceFor(name, code) : detail;
    const words = [what, inWords(error as Error, errno), ...(more === undefined ? [] : [more])];
    throw new Failure(`vde_open ${words.join(": ")}`, codeOf(error as NodeJS.ErrnoException));
  }
}

/** Names that nobody knows are no errno of the C library. */
function inWords(error: Error & { syscall?: string; hostname?: string }, errno: number): string {
  return error.syscall === "getaddrinfo" ? reason(error, error.hostname) : strerror(errno);
}
