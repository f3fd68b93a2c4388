// What option values are, and what is said where one is not.

import { resolve } from "node:path";
import { isBackground } from "./daemon.js";
import { UsageError } from "./options.js";

/** A kind of value: how the help shows it, what is accepted, and how it is read. */
export interface Value<T> {
  /** As the help shows it: "PATH". */
  readonly label: string;
  /** What is accepted, as a sentence without its stop. */
  readonly accepts: string;
  /** Reads a word. undefined where the word is no such thing. */
  read(word: string): T | undefined;
}

/** A whole number, in decimal, 0x hexadecimal or 0 octal, as C's %i reads it, and nothing after it. */
export function whole(label: string, what: string, min: number, max: number): Value<number> {
  const read = (word: string) => {
    if (!/^(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i.test(word)) return undefined;
    const number = /^0[0-7]/.test(word) ? Number.parseInt(word, 8) : Number(word);
    return number >= min && number <= max ? number : undefined;
  };
  return { label, accepts: `${what} is ${min} to ${max}`, read };
}

/** File permissions in octal. */
export const permissions: Value<number> = {
  label: "MODE",
  accepts: "permissions are octal, 0 to 7777",
  read: (word) => (/^0*[0-7]{1,4}$/.test(word) ? Number.parseInt(word, 8) : undefined),
};

/** A descriptor of this process that a path names, as a shell does for `<(command)`. */
export function descriptorOf(path: string): number | undefined {
  if (path === "/dev/stdin") return 0;
  const [, digits] = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/.exec(path) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** In the background, descriptors are those of who started it, which waits meanwhile. */
function descriptorPath(word: string): string | undefined {
  const fd = descriptorOf(word);
  return fd === undefined || !isBackground ? undefined : `/proc/${process.ppid}/fd/${fd}`;
}

function absolute(word: string): string {
  try {
    return resolve(word);
  } catch {
    throw new UsageError(`${word}: the current folder is gone: a path from / on is wanted`);
  }
}

/** A file, made absolute at once, so that it stays what was typed. */
export const path: Value<string> = {
  label: "PATH",
  accepts: "a path is wanted (./-x for one that begins with a dash)",
  read: (word) => (/^(-|$)/.test(word) ? undefined : (descriptorPath(word) ?? absolute(word))),
};

/** Six fields of up to two hexadecimal digits, by colons or by dots. */
export const address: Value<Uint8Array> = {
  label: "MAC",
  accepts: "an address is six hexadecimal numbers and of no group, as 02:00:00:00:00:01",
  read: (word) => {
    if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$|^[0-9a-f]{1,2}(\.[0-9a-f]{1,2}){5}$/i.test(word)) return undefined;
    const octets = Uint8Array.from(word.split(/[:.]/), (field) => Number.parseInt(field, 16));
    return octets[0]! & 1 ? undefined : octets;
  },
};

export const group: Value<string> = {
  label: "GROUP",
  accepts: "the name of a group is wanted",
  read: (word) => (/^(-|$)/.test(word) ? undefined : word),
};

/** The name of a network interface: what the kernel takes, whole. */
export const networkInterface: Value<string> = {
  label: "TAP",
  accepts: "the name of an interface has 1 to 15 octets, no blank, no slash, no colon",
  read: (word) => (/^(?!-)[^\s/:]+$/.test(word) && Buffer.byteLength(word) <= 15 ? word : undefined),
};

/** Anything at all. */
export const text: Value<string> = { label: "TEXT", accepts: "a text is wanted", read: (word) => word };
