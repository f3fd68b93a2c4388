// A file of tokens that an option names.

import { readFileSync } from "node:fs";
import { Failure } from "../cli/tool.js";
import { readPrivate } from "../private-file.js";
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

/** The same of one with a secret in it, which others may not read. */
export function readNamedSecret(option: string, path: string): string {
  try {
    return readPrivate(path);
  } catch (error) {
    throw new Failure(`--${option}: ${reason(error)}`);
  }
}

/** The tokens in it; undefined where the option is not given. */
export function tokensIn(option: string, path: string | undefined): Tokens | undefined {
  if (path === undefined) return undefined;
  const content = readNamedSecret(option, path);
  try {
    return readTokens(content);
  } catch (error) {
    throw new Failure(`--${option}: ${path}: ${reason(error)}`);
  }
}
