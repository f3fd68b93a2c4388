// Files that guests may read by TFTP: those in one folder, and nothing that a name or a link leads to outside of it. What is
// not there and what is not for guests are told alike, so that nobody learns which files this machine has.

import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { join, normalize, sep } from "node:path";
import { descriptors, fileWork } from "../resources/process.js";

/** A file is sent from memory. */
const SIZE_MAX = 128 << 20;
/** A pipe that nobody writes to is opened at once, and then found to be none of the files. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;

/** Reads a file by the name that guests have for it, for one of them. Undefined where it is not for them. */
export type Files = (name: string, owner: string) => Promise<Uint8Array | undefined>;

/** Reads files of a folder. Throws where there is no such folder. */
export async function filesOf(folder: string): Promise<Files> {
  const root = await realpath(folder);
  const within = root.endsWith(sep) ? root : root + sep;
  return async (name, owner) => {
    if (name.includes("\0") || leaves(name)) return undefined;
    return await fileWork.run(owner, () => readWithin(within, join(root, name), owner));
  };
}

/** Whether a name leads out of the folder, though it may come back: that would tell what the folder is called. */
function leaves(name: string): boolean {
  return normalize(`./${name}`).split(sep)[0] === "..";
}

async function readWithin(within: string, path: string, owner: string): Promise<Uint8Array | undefined> {
  const real = await realpath(path).catch(() => undefined);
  if (!real?.startsWith(within) || !(await lstat(real)).isFile()) return undefined;
  const lease = descriptors.take("tftp", owner);
  try {
    const file = await open(real, FLAGS);
    try {
      return await readWhole(file, within);
    } finally {
      await file.close();
    }
  } finally {
    lease.release();
  }
}

/** Asks the kernel where the file is that was opened: folders on the way to it may have become links meanwhile. */
async function readWhole(file: FileHandle, within: string): Promise<Uint8Array | undefined> {
  const [place, { size, isRegular }] = await Promise.all([
    readlink(`/proc/self/fd/${file.fd}`),
    file.stat().then((stat) => ({ size: stat.size, isRegular: stat.isFile() })),
  ]);
  if (!place.startsWith(within) || !isRegular || size > SIZE_MAX) return undefined;
  const octets = new Uint8Array(size);
  let end = 0;
  for (let count = -1; count !== 0 && end < size; end += count)
    count = (await file.read(octets, end, size - end, end)).bytesRead;
  return octets.subarray(0, end);
}
