// Scripts: rc files, and load.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runScript } from "../../host/console/script.js";
import { SwitchError } from "../../host/errors.js";
import { consoleBench } from "./console-bench.js";

const test = suite("console scripts");

test("an rc file runs without a word, and says what failed, and where", async () => {
  const rc =
    "# set up\nvlan/create 7\r\n\n  port/create 1\nport/setvlan 1 7\nbogus\nvlan/create 7\nlogout\nshutdown\nport/create 2";
  const { console, sw, log } = consoleBench({ scripts: { rc } });
  assert.equal(await runScript(console, "rc"), [
    "rc:6: bogus: 1038 Function not implemented: there is no such command, see help",
    "rc:7: vlan/create 7: 1017 File exists: VLAN 7 is there already",
  ]);
  assert.is(sw.vlans.pvid(1), 7);
  assert.ok(sw.ports.has(2));
  assert.equal(log, []);
});

test("an rc file loads others, whose failures are told by their own name", async () => {
  const { console } = consoleBench({ scripts: { rc: "load more\nload nosuch", more: "\nbogus" } });
  assert.equal(await runScript(console, "rc"), [
    "more:2: bogus: 1038 Function not implemented: there is no such command, see help",
    "rc:2: load nosuch: 1002 No such file or directory: nosuch",
  ]);
});

test("an rc file has no console to show events on", async () => {
  const { console } = consoleBench({ scripts: { rc: "debug/add port\ndebug/list port/+" } });
  const failed = "rc:1: debug/add port: 1009 Bad file descriptor: there is no console to show events on";
  assert.equal(await runScript(console, "rc"), [failed]);
});

test("an rc file that cannot be read is for the caller to handle", async () => {
  const { console } = consoleBench();
  const error = await runScript(console, "rc").catch((thrown) => thrown);
  assert.instance(error, SwitchError);
  assert.is(error.code, "ENOENT");
});

test("a script that is loaded may turn events on, and they come between its lines", async () => {
  const one = consoleBench({ scripts: { rc: "debug/add port\nport/create 5" } }).open();
  const shown = "vde[rc]: debug/add port\n1000 Success\nvde[rc]: port/create 5\n3021 port/+ 05\n1000 Success\n";
  assert.is(await one.say("load rc"), `${shown}1000 Success\n`);
});

test("a script that loads itself stops", async () => {
  const one = consoleBench({ scripts: { rc: "load rc\nload rc" } }).open();
  const refused = "vde[rc]: load rc\n1024 Too many open files: rc loads itself\n";
  assert.is(await one.say("load rc"), `${refused}${refused}1000 Success\n`);
});

test("scripts nest 16 deep", async () => {
  const scripts = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s${i}`, `load s${i + 1}`]));
  const said = await consoleBench({ scripts }).open().say("load s0");
  assert.ok(said.includes("vde[s15]: load s16\n1024 Too many open files: scripts load scripts 16 deep at most\n"));
  assert.not.ok(said.includes("vde[s16]"));
});

test("a script that holds anything does no harm to who sees it", async () => {
  const scripts = { rc: `\x1b[2J\n${"x".repeat(5000)}\n\0\n.\nvlan/create 7` };
  const bench = consoleBench({ scripts });
  const said = await bench.open().say("load rc");
  assert.match(said, /vde\[rc\]: \\x1b\[2J\n1038 .*\nvde\[rc\]: x{5000}\n1022 .*: a line is 4096 characters at most\n/);
  assert.not.ok(said.includes("\x1b") || said.includes("\0"));
  assert.ok(bench.sw.vlans.has(7));
});

test.run();
