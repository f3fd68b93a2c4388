// How people name a VDE switch, and a port of it: "DIR", "vde://DIR", "DIR[3]", "DIR[port=3/mode=660/group=vde]".

import { refuse } from "../errors.js";
import { fullKey, octalMode, splitBrackets } from "./parameters.js";
import { REQUEST_PORT_MAX } from "./request.js";

export interface VdeUrl {
  /** The switch's directory. Empty for the usual ones. */
  readonly dir: string;
  /** Undefined for any. */
  readonly port?: number;
  /** A port by a name: a socket of this name in the directory, or else any port. */
  readonly portGroup?: string;
  /** Permissions for the plug's data socket. */
  readonly mode?: number;
  /** Group of the plug's data socket. */
  readonly group?: string;
}

type Options = { -readonly [Key in keyof Omit<VdeUrl, "dir">]: VdeUrl[Key] };

/** What may stand in the brackets. A key may be cut short: the first that begins so is meant. */
const KEYS: Readonly<Record<string, (options: Options, value: string) => void>> = {
  port: (options, value) => {
    if (value !== "") options.port = portNumber(value);
  },
  portgroup: (options, value) => {
    options.portGroup = value;
  },
  group: (options, value) => {
    options.group = value;
  },
  mode: (options, value) => {
    options.mode = octalMode(value);
  },
};

/** Reads the name of a switch. EINVAL, with what is wrong, where it is none. */
export function parseVdeUrl(text: string): VdeUrl {
  const rest = text.replace(/^vde:\/\//, "");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(rest)) refuse("EINVAL", `${text}: not the URL of a VDE switch`);
  const { path: dir, words } = splitBrackets(rest);
  const options: Options = {};
  const given = new Set<string>();
  for (const [at, part] of words.entries()) readOption(options, part, at === 0, given);
  return { dir, ...options };
}

function readOption(options: Options, part: string, first: boolean, given: Set<string>): void {
  const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
  if (key !== "") {
    const name = fullKey(key, Object.keys(KEYS));
    if (given.has(name)) refuse("EINVAL", `${name}: it is given twice, and has one value`);
    KEYS[name]!(options, value);
    given.add(name);
  } else if (first && /^\d+$/.test(part)) KEYS["port"]!(options, part);
  else if (first && part !== "") options.portGroup = part;
  else if (part !== "") refuse("EINVAL", `${part}: an option has the form mode=660`);
}

function portNumber(text: string): number {
  if (!/^\d+$/.test(text)) refuse("EINVAL", `${text}: a port is a number`);
  return Number(text) <= REQUEST_PORT_MAX ? Number(text) : refuse("EINVAL", `${text}: no switch has so many ports`);
}
