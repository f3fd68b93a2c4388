// What a manager of a switch gets from this machine.

import { randomInt } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { refuse } from "../host/errors.js";
import type { Switch } from "../host/switch.js";
import type { System } from "../host/system.js";
import { wireFrom } from "../host/wire/settings.js";
import { findGroup, findUser, groupName, userName } from "./native/accounts.js";
import { offers } from "./offers.js";
import { importPlugin } from "./plugins.js";
import { asRefusal } from "./reason.js";
import { requireTrusted } from "./trusted-file.js";
import { VERSION } from "./version.js";
import { exactClock } from "./wire/exact-clock.js";

const SEED_LIMIT = 2 ** 32;
const SCRIPT_SIZE_MAX = 1_048_576;

type Own = Pick<System, "control" | "management" | "log" | "shutdown"> & { readonly switch: Switch };

export function nodeSystem({ switch: sw, ...own }: Own): System {
  return {
    ...own,
    version: VERSION,
    pid: process.pid,
    readScript,
    importPlugin: (name) => importPlugin(name),
    offers,
    plugLink: async (url, port) => {
      const { plugLink } = await import("./transports/plug-link.js");
      await plugLink(sw, url, { port, warn: own.log }).catch((error) => Promise.reject(asRefusal(error, url)));
    },
    wire: (settings) => wireFrom(settings, { seed: randomInt(SEED_LIMIT), clock: exactClock() }),
    findUser,
    findGroup,
    userName,
    groupName,
  };
}

/** The text of a script. */
export function readScript(path: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readFile(fd, path);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw asRefusal(error, path);
  }
}

/** /dev/null, which is the usual way to name no script. */
const NULL_DEVICE = 0x103;

/** Reads a file, and never waits: a pipe that nobody writes to would hold up the whole control plane. */
function readFile(fd: number, path: string): string {
  const kind = fstatSync(fd);
  if (kind.isDirectory()) refuse("EISDIR", path);
  requireTrusted(kind, path);
  if (!kind.isFile() && !(kind.isCharacterDevice() && kind.rdev === NULL_DEVICE))
    refuse("EINVAL", `${path} is a pipe or a device, which could keep everybody waiting: a file is wanted`);
  const octets = Buffer.alloc(SCRIPT_SIZE_MAX + 1);
  let size = 0;
  for (let count = -1; count !== 0 && size < octets.length; size += count)
    count = readSync(fd, octets, size, octets.length - size, null);
  return size <= SCRIPT_SIZE_MAX
    ? octets.toString("utf8", 0, size)
    : refuse("EINVAL", `${path} is longer than any script`);
}
