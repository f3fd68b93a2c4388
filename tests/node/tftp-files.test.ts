// Files for TFTP: those of one folder, and no word of what else this machine has.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Files, filesOf } from "../../host-node/gateway/files.js";

const test = suite("TFTP files");
const text = async (files: Files, name: string, owner = "a") => {
  const octets = await files(name, owner);
  return octets && Buffer.from(octets).toString();
};

async function inFolder(run: (place: string, files: Files) => Promise<void>): Promise<void> {
  const top = mkdtempSync(join(tmpdir(), "loom-tftp-"));
  try {
    mkdirSync(join(top, "boot/efi"), { recursive: true });
    writeFileSync(join(top, "boot/efi/kernel"), "kernel");
    writeFileSync(join(top, "secret"), "secret");
    await run(top, await filesOf(join(top, "boot")));
  } finally {
    rmSync(top, { recursive: true });
  }
}

test("guests get what is in the folder, by links that stay there as well", () =>
  inFolder(async (top, files) => {
    symlinkSync("efi/kernel", join(top, "boot/default"));
    symlinkSync(join(top, "boot/efi"), join(top, "boot/absolute"));
    writeFileSync(join(top, "boot/empty"), "");
    for (const name of ["efi/kernel", "/efi/kernel", "default", "absolute/kernel", "./efi/../efi/kernel"])
      assert.is(await text(files, name), "kernel", name);
    assert.is(await text(files, "empty"), "");
  }));

test("what is outside is as what is nowhere, and so is what is no file", () =>
  inFolder(async (top, files) => {
    symlinkSync(join(top, "secret"), join(top, "boot/link"));
    symlinkSync(top, join(top, "boot/up"));
    symlinkSync("/dev/zero", join(top, "boot/zero"));
    writeFileSync(join(top, "boot/huge"), "");
    truncateSync(join(top, "boot/huge"), 1 << 28);
    const outside = [
      "../secret",
      "../nowhere",
      "../boot2/x",
      "../boot/efi/kernel",
      "/efi/../../boot/efi/kernel",
      "link",
      "up/secret",
      "up/nowhere",
      "/etc/passwd",
      "efi/kernel/x",
    ];
    for (const name of [...outside, "nothing", "", ".", "efi", "zero", "huge", "a\0b"])
      assert.is(await text(files, name), undefined, name);
  }));

test("a pipe in the folder holds up nobody, however often it is asked for", () =>
  inFolder(async (top, files) => {
    execFileSync("mkfifo", [join(top, "boot/fifo")]);
    const asked = Array.from({ length: 20 }, (_, i) => text(files, "fifo", `guest ${i % 3}`));
    assert.equal(await Promise.all(asked), Array(20).fill(undefined));
    assert.is(await text(files, "efi/kernel"), "kernel");
  }));

test("a folder that becomes a link on the way leads nowhere", () =>
  inFolder(async (top, files) => {
    mkdirSync(join(top, "outside"));
    writeFileSync(join(top, "outside/kernel"), "outside");
    symlinkSync(join(top, "outside"), join(top, "boot/evil"));
    const found = new Set<string | undefined>();
    for (let round = 0; round < 200; round++) {
      const asked = text(files, "efi/kernel");
      for (let turns = round % 5; turns > 0; turns--) await new Promise((next) => setImmediate(next));
      renameSync(join(top, "boot/efi"), join(top, "boot/kept"));
      renameSync(join(top, "boot/evil"), join(top, "boot/efi"));
      found.add(await asked.catch(() => undefined));
      renameSync(join(top, "boot/efi"), join(top, "boot/evil"));
      renameSync(join(top, "boot/kept"), join(top, "boot/efi"));
    }
    assert.not(found.has("outside"));
  }));

test.run();
