// The state of a guest that has booted, so that others start in seconds. It is made once, and again when what it is made
// of changes.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { gunzipSync, gzip } from "node:zlib";
import { MACHINE } from "./guest.js";
import { bootLinux, COMMAND_LINE } from "./node.js";
import { initrd, PARTS, part } from "./parts.js";

const FOLDER = `${PARTS}../states/`;

/** The path of the state, packed with gzip, where there is one for what is here now. */
export function statePath(): string {
  return `${FOLDER}${key()}.bin.gz`;
}

/** The state, unpacked; made first where there is none. */
export async function guestState(): Promise<Uint8Array> {
  return gunzipSync(readFileSync(await makeState()));
}

/** Makes the state where there is none. The path is there when it is whole. */
export async function makeState(): Promise<string> {
  const path = statePath();
  if (existsSync(path)) return path;
  const packed = await promisify(gzip)(await bootAndSave(), { level: 6 });
  mkdirSync(FOLDER, { recursive: true });
  for (const old of readdirSync(FOLDER)) rmSync(FOLDER + old);
  writeFileSync(`${path}.${process.pid}`, packed);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

async function bootAndSave(): Promise<Uint8Array> {
  const { emulator, guest } = bootLinux();
  await guest.booted();
  await guest.do("echo 3 >/proc/sys/vm/drop_caches");
  const state = await emulator.save_state();
  await emulator.destroy();
  return new Uint8Array(state);
}

/** Different for different kernels, file systems, machines and emulators. */
function key(): string {
  const { version } = createRequire(import.meta.url)("v86/package.json") as { version: string };
  const hash = createHash("sha256")
    .update(version)
    .update(JSON.stringify([MACHINE, COMMAND_LINE]));
  for (const octets of [part("vmlinuz"), part("bios.bin"), initrd()]) hash.update(octets);
  return hash.digest("hex").slice(0, 16);
}
