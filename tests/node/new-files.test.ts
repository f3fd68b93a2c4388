// Files that our programs make: their permissions are not the umask's, and nothing is left where the disk is full.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeFolder, writeNew, writeWhole } from "../../host-node/new-file.js";
import { userHistory } from "../../host-node/terminal/history-file.js";
import { inLab } from "../interop/lab.js";
import { ours } from "../interop/tools.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";

const test = suite("new files");
const withDisk = needs(test, { commands: ["unshare", "mount"], namespaces: true });

/** There is something in it: it has its permissions before. */
const isWritten = (path: string) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);

test(
  "have the permissions that are said, whatever the umask",
  inLab(async (lab) => {
    for (const umask of [0, 0o022, 0o777]) {
      const [a, b, c] = ["a", "b", "c"].map((name) => lab.path(`${umask}${name}`)) as [string, string, string];
      const before = process.umask(umask);
      try {
        writeNew(a, "a", 0o644);
        writeWhole(b, "b", 0o600);
        makeFolder(`${c}/below`);
      } finally {
        process.umask(before);
      }
      assert.equal([mode(a), mode(b), mode(c), mode(`${c}/below`)], ["644", "600", "700", "700"]);
    }
    assert.throws(() => writeNew(lab.path("0a"), "again", 0o644), /EEXIST/);
    writeWhole(lab.path("0a"), "anew", 0o640);
    assert.is(readFileSync(lab.path("0a"), "utf8"), "anew");
    assert.is(readdirSync(lab.folder).length, 9);
  }),
);

for (const umask of ["0000", "0777"])
  test(
    `of a daemon's process id can be read by everybody, and written by its owner alone, with umask ${umask}`,
    inLab(async (lab) => {
      const pidfile = lab.path("pid");
      const line = `umask ${umask}; exec "$@"`;
      const words = [ours(lab, "vde_switch"), "--nostdin", "-s", lab.path("sw"), "-p", pidfile, "-M", lab.path("m")];
      const program = lab.start("sh", "-c", line, "sh", ...words);
      await until("the pidfile", () => isWritten(pidfile));
      assert.equal(
        [mode(pidfile), mode(lab.path("sw")), mode(lab.path("sw/ctl")), mode(lab.path("m"))],
        ["644", "2700", "600", "600"],
      );
      program.signal("SIGTERM");
      await program.exit();
      assert.equal(readdirSync(lab.folder), ["bin"]);
    }),
  );

test(
  "of a pipeline's group can be read by everybody, too",
  inLab(async (lab) => {
    const file = lab.path("group");
    lab.start(
      "sh",
      "-c",
      'umask 0; exec "$@"',
      "sh",
      ours(lab, "dpipe"),
      "-P",
      file,
      "sleep",
      "60",
      "=",
      "sleep",
      "60",
    );
    await until("the file", () => isWritten(file));
    assert.is(mode(file), "644");
    assert.match(readFileSync(file, "utf8"), /^-\d+\n$/);
  }),
);

withDisk(
  "are not left behind where the disk is full",
  inLab(async (lab) => {
    writeFileSync(
      lab.path("script"),
      [
        'mount -t tmpfs -o size=64k none "$1" || exit 99',
        'cat /dev/zero >"$1/fill" 2>/dev/null',
        "tool=$2; shift 2",
        'for _ in 1 2; do "$tool" --nostdin -s "$SW" -p "$1/pid"; echo "ended with $?"; done',
        '"$PIPE" -P "$1/group" true = true; echo "ended with $?"',
        'ls -A "$1"',
        "",
      ].join("\n"),
    );
    const disk = lab.path("disk");
    makeFolder(disk);
    const environment = [`SW=${lab.path("sw")}`, `PIPE=${ours(lab, "dpipe")}`];
    const shell = ["unshare", "-m", "sh", lab.path("script")];
    const program = lab.start("env", ...environment, ...shell, disk, ours(lab, "vde_switch"), disk);
    assert.is((await program.exit()).code, 0);
    assert.is(program.text(), "ended with 1\nended with 1\nended with 1\nfill\n");
    assert.match(program.complaints(), /Error in pidfile creation: \S+\/pid: no space left on device\n/);
    assert.not(readdirSync(lab.folder).includes("sw"));
  }),
);

test("a history that has no place, behind a file say, is that of a session", () => {
  const before = process.env["XDG_STATE_HOME"];
  process.env["XDG_STATE_HOME"] = "/dev/null/state";
  try {
    userHistory().add("port/print");
  } finally {
    if (before === undefined) delete process.env["XDG_STATE_HOME"];
    else process.env["XDG_STATE_HOME"] = before;
  }
});

test.run();
