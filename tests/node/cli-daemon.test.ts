// The background: who started it goes on when it serves, or hears why it does not; its pidfile; its log.

import { existsSync, readdirSync, readFileSync, readlinkSync, readSync, symlinkSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { syslog } from "../../host-node/cli/log.js";
import { close } from "../../host-node/native/libc.js";
import { bindTo, SOCK_DGRAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { openConsole } from "../interop/console.js";
import { inLab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { isAlive, LOOM, processOf, startVdeSwitch } from "./cli-bench.js";

const test = suite("the background");

test(
  "a daemon serves when its parent returns, and stands by itself",
  inLab(async (lab) => {
    const parent = startVdeSwitch(lab, "-d", "-s", lab.path("sw"), "-M", lab.path("mgmt"), "-p", lab.path("pid"));
    assert.is((await parent.exit()).code, 0);
    const files = ["mgmt", "pid", "sw"];
    assert.equal(
      files.filter((name) => existsSync(lab.path(name))),
      files,
    );
    const pid = await processOf(lab, "pid");
    const answer = await (await openConsole(lab, lab.path("mgmt"))).command("showinfo");
    assert.match(answer, new RegExp(`^pid ${pid} `, "m"));
    assert.equal(
      [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
      Array(3).fill("/dev/null"),
    );
    const [, , , , group, session] = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
    assert.equal([group, session], [String(pid), String(pid)]);
    process.kill(pid, "SIGTERM");
    await until("its files are gone", () => !files.some((name) => existsSync(lab.path(name))));
  }),
);

test(
  "relative paths in a folder that is gone are refused with a word",
  inLab(async (lab) => {
    const line = `mkdir ${lab.path("gone")} && cd ${lab.path("gone")} && rmdir ${lab.path("gone")} && exec "$@"`;
    const program = lab.start("sh", "-c", line, "sh", ...LOOM, "switch", "-s", "sw");
    assert.is((await program.exit()).code, 2);
    assert.is(program.complaints(), "loom switch: sw: the current folder is gone: a path from / on is wanted\n");
  }),
);

test(
  "relative paths are the ones that were typed",
  inLab(async (lab) => {
    const line = `cd ${lab.folder} && exec "$@"`;
    const vdeSwitch = [
      "env",
      `HOME=${lab.folder}`,
      process.execPath,
      new URL("../../../bin/loom.js", import.meta.url).pathname,
    ];
    writeFileSync(lab.path("rc"), "port/create 9\n");
    const words = ["switch", "-d", "-s", "sw", "-M", "mgmt", "-p", "pid", "-f", "rc"];
    const parent = lab.start("sh", "-c", line, "sh", ...vdeSwitch, ...words);
    assert.is((await parent.exit()).code, 0);
    await processOf(lab, "pid");
    const manager = await openConsole(lab, lab.path("mgmt"));
    assert.match(await manager.command("port/allprint"), /^Port 0009 /m);
    assert.match(await manager.command("ds/showinfo"), new RegExp(`ctl dir ${lab.path("sw")}\n`));
  }),
);

const PIDFILES: [what: string, content: () => string, message: RegExp | undefined][] = [
  ["of a process that runs", () => `${process.pid}\n`, /Error in pidfile creation: .*, which runs\n/],
  ["that is none", () => "not a number\n", /Error in pidfile creation: .* is no pidfile\n/],
  ["of a process that is gone", () => "4194305\n", undefined], // above the highest id of any process
];

for (const [what, content, message] of PIDFILES) {
  test(
    `a pidfile ${what} is ${message ? "left alone" : "replaced"}`,
    inLab(async (lab) => {
      const before = content();
      writeFileSync(lab.path("pid"), before);
      const parent = startVdeSwitch(lab, "-d", "-s", lab.path("sw"), "-p", lab.path("pid"));
      assert.is((await parent.exit()).code, message ? 1 : 0);
      if (message) {
        assert.match(parent.complaints(), message);
        assert.is(readFileSync(lab.path("pid"), "utf8"), before);
        assert.not.ok(existsSync(lab.path("sw")));
      } else {
        assert.ok(isAlive(await processOf(lab, "pid")));
      }
      assert.equal(
        readdirSync(lab.folder).filter((name) => /^pid./.test(name)),
        [],
      );
    }),
  );
}

test(
  "a pidfile that is a device without end is none",
  inLab(async (lab) => {
    symlinkSync("/dev/zero", lab.path("pid"));
    const program = startVdeSwitch(lab, "-s", lab.path("sw"), "-p", lab.path("pid"));
    assert.is((await program.exit()).code, 1);
    assert.match(program.complaints(), /Error in pidfile creation: .* is no pidfile\n/);
  }),
);

test(
  "a switch does not remove a pidfile that is another's by then",
  inLab(async (lab) => {
    const program = startVdeSwitch(lab, "-s", lab.path("sw"), "-p", lab.path("pid"));
    await processOf(lab, "pid");
    writeFileSync(lab.path("pid"), "1\n");
    program.signal("SIGTERM");
    assert.is((await program.exit()).code, 0);
    assert.is(readFileSync(lab.path("pid"), "utf8"), "1\n");
  }),
);

test(
  "the system's log gets lines with a time, a name and a process; none where there is no log",
  inLab(async (lab) => {
    const log = syslog("vde_switch", lab.path("log"));
    log("lost");
    const fd = unixSocket(SOCK_DGRAM);
    lab.later(() => close(fd));
    bindTo(fd, sockaddrUn(lab.path("log")), "log");
    log("started");
    const line = Buffer.alloc(256);
    const size = readSync(fd, line);
    const text = line.toString("utf8", 0, size);
    assert.match(text, /^<30>[A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d vde_switch\[\d+\]: started$/);
    assert.ok(text.includes(`[${process.pid}]`));
  }),
);

test.run();
