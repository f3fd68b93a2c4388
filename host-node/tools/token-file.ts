// A file of tokens that an option names.

import { readFileSync, statSync } from "node:fs";
import { Failure, type Run } from "../cli/tool.js";
import { reason } from "../reason.js";
import { readTokens, type Tokens } from "../servers/websocket/tokens.js";

/** The text of a file that an option names. */
export function readNamed(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Failure(`--${option}: ${reason(error)}`);
  }
}

/** The tokens in it; undefined where the option is not given. */
export function tokensIn(option: string, path: string | undefined, run: Pick<Run, "log">): Tokens | undefined {
  if (path === undefined) return undefined;
  const content = readNamed(option, path);
  if ((statSync(path).mode & 0o077) !== 0) run.log(`--${option}: others may read ${path}: chmod 600 keeps it`);
  try {
    return readTokens(content);
  } catch (error) {
    throw new Failure(`--${option}: ${path}: ${reason(error)}`);
  }
}
