// Files that guests may read by TFTP: those in one folder, and nothing that a name or a link leads to outside of it.

import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { refuse } from "../../host/errors.js";

/** A file is sent from memory. */
const SIZE_MAX = 128 << 20;

export type Files = (name: string) => Promise<Uint8Array | undefined>;

/** Reads files of a folder by the names that guests have for them. Throws where there is no such folder. */
export async function filesOf(folder: string): Promise<Files> {
  const root = await realpath(folder);
  return async (name) => {
    if (name.includes("\0")) return undefined;
    const path = await realpath(join(root, name)).catch(() => undefined);
    if (path === undefined) return undefined;
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return refuse("EACCES", name);
    const file = await open(path);
    try {
      const stat = await file.stat();
      if (!stat.isFile() || stat.size > SIZE_MAX) return undefined;
      return await file.readFile();
    } finally {
      await file.close();
    }
  };
}
