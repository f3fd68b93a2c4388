// Opens a link by the name that people give it: a URL, the directory of a switch, a file that holds one of these, or
// nothing for the switch that a user calls their own.

import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readSync, statSync } from "node:fs";
import { join as joinPath } from "node:path";
import { refuse } from "../../host/errors.js";
import { withoutSecrets } from "../../host/masking.js";
import { findScheme, splitUrl } from "../../host/transports.js";
import { isSide, type Opened, type Side } from "../cable/side.js";
import { requireOwned, requireTrusted } from "../trusted-file.js";
import { SCHEMES } from "./schemes.js";

/** What a switch is told of who plugs in, and what it may ask for. */
export interface PlugOptions {
  /** How it shows in port/print; user and process are appended. */
  readonly description: string;
  readonly port?: number | undefined;
  /** The port that it would like, where that is free, and it has no other. */
  readonly wish?: number | undefined;
  /** Whether what can be lost and be there again is opened again by itself. */
  readonly reconnect?: boolean | undefined;
  /** Group and permissions of the plug's own socket. */
  readonly group?: string | undefined;
  readonly mode?: number | undefined;
  /** Whether frames may have heads, and leave work to be done: see Side.heads. It is the switch's to agree. */
  readonly heads?: boolean;
  /** Takes a line for people. */
  readonly warn?: (text: string) => void;
  /** Fires when it is not wanted any more: who waits for a peer then throws its reason. */
  readonly stop?: AbortSignal;
  /** Runs when from now on it waits for a peer, however long. */
  readonly onwait?: () => void;
}

/** Opens what a URL names: the part after "://". */
export type Open = (rest: string, options: PlugOptions) => Promise<Opened>;

const FILES_MAX = 8;
const NAME_MAX = 4_096;

/** Opens by a name. Throws an error with an errno. */
export async function openLink(name: string, options: PlugOptions, files = 0): Promise<Opened> {
  const url = splitUrl(name);
  if (url !== undefined) {
    const { isDistant = false, returnsMs, load } = findScheme(SCHEMES, url.scheme);
    const open = await load();
    const opened = await open(url.rest, options);
    if (isDistant) opened.isDistant = true;
    if (options.reconnect !== true || returnsMs === undefined) return opened;
    const { returning } = await import("./returning.js");
    const again = (lost: Opened) => open(url.rest, { ...options, ...(isSide(lost) && likeIt(lost)) });
    const { warn = () => {} } = options;
    return returning(opened, { name: withoutSecrets(name), again, warn, lastMs: returnsMs });
  }
  if (name === "") return await openLink(usualName(), options, files + 1);
  if (!isFile(name)) return await openLink(`vde://${name}`, options, files);
  if (files > FILES_MAX) refuse("ELOOP", `${name}: files that name files`);
  return await openLink(nameIn(name), options, files + 1);
}

/** The name in a file's first line. It may be a command, so the file is to be as trusted as a script. */
function nameIn(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    requireTrusted(fstatSync(fd), path);
    const octets = Buffer.alloc(NAME_MAX);
    const [line = ""] = octets.toString("utf8", 0, readSync(fd, octets)).split("\n");
    return line.trim();
  } finally {
    closeSync(fd);
  }
}

/** As what was lost: frames as its holder knows them, and the port that it had. */
function likeIt({ heads = false, port: wish }: Side): Partial<PlugOptions> {
  return { heads, wish };
}

/** What a user without a wish gets: a link to a switch's directory, or a file with a name in it. */
function usualName(): string {
  const home = process.env["HOME"];
  if (!home) return "vde://";
  const own = joinPath(home, ".vdeplug/default");
  const old = joinPath(home, ".vde2/default.switch");
  return [own, ...(existsSync(old) ? [old] : [])].find((path) => isOwned(path)) ?? "vde://";
}

/** Whether there is such a file or link. EACCES where it is another user's, whose HOME this is. */
function isOwned(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) requireOwned(found, path);
  return found !== undefined;
}

function isFile(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
}
