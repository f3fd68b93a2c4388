// What becomes of a switch whose output nobody takes.

import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openConsole } from "../interop/console.js";
import { inLab } from "../interop/lab.js";
import { LOOM, serves } from "./cli-bench.js";

const test = suite("output that nobody takes");

test(
  "a reader that is gone ends nothing",
  inLab(async (lab) => {
    const line = `{ "$@"; echo $? >${lab.path("code")}; } 2>&1 | true`;
    const program = lab.start("sh", "-c", line, "sh", ...LOOM, "switch", "-s", lab.path("sw"), "-M", lab.path("mgmt"));
    const manager = await openConsole(lab, lab.path("mgmt"));
    program.tell("showinfo\n");
    await manager.command("port/create 3");
    program.tell("showinfo\n");
    await manager.command("port/create 4");
    program.hangUp();
    await program.exit();
    assert.is(readFileSync(lab.path("code"), "utf8"), "0\n");
  }),
);

test(
  "a reader that does not read holds up nobody else",
  inLab(async (lab) => {
    execFileSync("mkfifo", [lab.path("pipe")]);
    const reader = openSync(lab.path("pipe"), constants.O_RDWR);
    lab.later(() => closeSync(reader));
    const line = `exec "$@" >${lab.path("pipe")} 2>&1`;
    const program = lab.start("sh", "-c", line, "sh", ...LOOM, "switch", "-s", lab.path("sw"), "-M", lab.path("mgmt"));
    await serves(lab);
    program.tell("help\n".repeat(200)); // far more than a pipe holds
    const manager = await openConsole(lab, lab.path("mgmt"));
    assert.match(await manager.command("showinfo"), /^1000 Success$/m);
    program.signal("SIGTERM"); // its log line finds no room
    assert.equal(await program.exit(), { code: 0, signal: null });
  }),
);

test.run();
