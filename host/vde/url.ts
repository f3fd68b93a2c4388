// How people name a VDE switch, and a port of it: "DIR", "vde://DIR", "DIR[3]", "DIR[port=3/mode=660/group=vde]".

import { refuse } from "../errors.js";

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
    if (value !== "") options.port = number(value, 10, /^\d{1,7}$/, "a port is a number");
  },
  portgroup: (options, value) => {
    options.portGroup = value;
  },
  group: (options, value) => {
    options.group = value;
  },
  mode: (options, value) => {
    options.mode = number(value, 8, /^[0-7]{1,4}$/, "a mode is octal, as 660");
  },
};

/** Reads the name of a switch. EINVAL, with what is wrong, where it is none. */
export function parseVdeUrl(text: string): VdeUrl {
  const rest = text.replace(/^vde:\/\//, "");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(rest)) refuse("EINVAL", `${text}: not the URL of a VDE switch`);
  const [, dir = rest, inside = ""] = /^(.*?)\[(.*)\]$/s.exec(rest) ?? [];
  const options: Options = {};
  for (const [at, part] of split(inside).entries()) readOption(options, part, at === 0);
  return { dir, ...options };
}

function readOption(options: Options, part: string, first: boolean): void {
  const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
  if (key !== "") {
    const name = Object.keys(KEYS).find((known) => known.startsWith(key));
    if (name === undefined) refuse("EINVAL", `${key}: a switch's options are ${Object.keys(KEYS).join(", ")}`);
    KEYS[name]!(options, value);
  } else if (first && /^\d+$/.test(part)) KEYS["port"]!(options, part);
  else if (first && part !== "") options.portGroup = part;
  else if (part !== "") refuse("EINVAL", `${part}: an option has the form mode=660`);
}

function number(value: string, base: number, shape: RegExp, wanted: string): number {
  return shape.test(value) ? Number.parseInt(value, base) : refuse("EINVAL", `${value}: ${wanted}`);
}

/** Parts between slashes. Quotes, a backslash, and %XX make a slash one like any letter. */
function split(text: string): string[] {
  const parts = [""];
  for (const [piece] of text.matchAll(/'[^']*'|"[^"]*"|\\.|(?:%[0-9a-f]{2})+|./gis)) {
    if (piece === "/") parts.push("");
    else parts[parts.length - 1] += plain(piece);
  }
  return parts;
}

function plain(piece: string): string {
  if (piece.length === 1) return piece;
  if (piece.startsWith("\\")) return piece.slice(1);
  return piece.startsWith("%") ? decoded(piece) : piece.slice(1, -1);
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return refuse("EINVAL", `${piece}: not UTF-8`);
  }
}
