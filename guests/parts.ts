// The parts of guests that scripts/guests.sh fetches, and the first file system of a guest, packed from them.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { cpio } from "./cpio.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const PARTS = `${root}.cache/guests/`;

/** A reason why no guest can be started, or false. The file is the last one that the script writes. */
export const noGuest = !existsSync(`${PARTS}VERSIONS`) && "needs .cache/guests: run scripts/guests.sh";

/** What is in /bin beside busybox, by the names of its scripts here. */
const SCRIPTS = ["modules", "network", "terminal"];

export function part(name: string): Buffer {
  return readFileSync(PARTS + name);
}

/** The archive that a kernel unpacks: busybox, modules, and our scripts. */
export function initrd(): Buffer {
  const modules = readdirSync(`${PARTS}modules`).sort();
  return gzipSync(
    cpio(
      new Map([
        ["init", script("init")],
        ["bin/busybox", part("busybox")],
        ...SCRIPTS.map((name) => [`bin/${name}`, script(name)] as const),
        ...modules.map((name) => [`lib/modules/${name}`, unsigned(part(`modules/${name}`))] as const),
        ...["etc", "proc", "root", "sys", "tmp"].map((folder) => [`${folder}/.keep`, Buffer.alloc(0)] as const),
      ]),
    ),
  );
}

function script(name: string): Buffer {
  return readFileSync(`${root}guests/${name}.sh`);
}

const SIGNED = "~Module signature appended~\n";
/** Octets between a signature and the words above; the last four are the signature's length (module_signature.h in Linux). */
const SIGNATURE_INFO = 12;

/** A module without its signature: an emulated machine takes seconds to verify one. */
function unsigned(module: Buffer): Buffer {
  if (!module.subarray(-SIGNED.length).equals(Buffer.from(SIGNED))) return module;
  const info = module.length - SIGNED.length - SIGNATURE_INFO;
  return module.subarray(0, info - module.readUInt32BE(info + SIGNATURE_INFO - 4));
}
