// Scripts and plugins that somebody else may write, and that are therefore not run.

import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importPlugin } from "../../host-node/plugins.js";
import { readScript } from "../../host-node/system.js";
import { requireTrusted } from "../../host-node/trusted-file.js";
import { inLab, type Lab } from "../interop/lab.js";
import { startSwitch } from "../interop/switch.js";
import { ours, startTool } from "../interop/tools.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { isRoot, NOBODY } from "./vde-bench.js";

const test = suite("scripts and plugins");
const asRoot = needs(test, { unless: !isRoot && "needs root" });

const MODULE = 'export default { name: "x", help: "", start() {} };\n';

function write(lab: Lab, name: string, text: string, { mode = 0o644, uid = process.geteuid!() } = {}): string {
  const path = lab.path(name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  if (uid !== process.geteuid!()) chownSync(path, uid, uid);
  return path;
}

const why = async (act: () => unknown) => {
  try {
    await act();
    return "it runs";
  } catch (error) {
    return (error as Error).message;
  }
};

test(
  "that others may write to are refused, and run without that",
  inLab(async (lab) => {
    for (const mode of [0o666, 0o646, 0o602]) {
      const [script, plugin] = [write(lab, "rc", "help\n", { mode }), write(lab, "x.mjs", MODULE, { mode })];
      assert.match(await why(() => readScript(script)), /^Permission denied: others may write to .*rc: chmod go-w /);
      assert.match(
        await why(() => importPlugin(plugin)),
        /^Permission denied: others may write to .*x.mjs: chmod go-w /,
      );
    }
    for (const mode of [0o644, 0o600, 0o400]) {
      assert.is(await why(() => readScript(write(lab, "rc", "help\n", { mode }))), "it runs");
      assert.is(await why(() => importPlugin(write(lab, "x.mjs", MODULE, { mode }))), "it runs");
    }
  }),
);

test(
  "are judged by what a link leads to, and plugins by their folder, too",
  inLab(async (lab) => {
    symlinkSync(write(lab, "open", "help\n", { mode: 0o666 }), lab.path("rc"));
    assert.match(await why(() => readScript(lab.path("rc"))), /^Permission denied: others may write/);
    mkdirSync(lab.path("all"));
    const plugin = write(lab, "all/x.mjs", MODULE);
    for (const [mode, expected] of [
      [0o777, /^Permission denied: others may write to .*all: /],
      [0o1777, /^it runs$/],
    ] as const) {
      chmodSync(lab.path("all"), mode);
      assert.match(await why(() => importPlugin(plugin)), expected);
    }
  }),
);

test("may come from a device of root's, or from what this process was given", () => {
  const file = (mode: number, uid: number) =>
    ({ mode, uid, gid: uid, isFile: () => false, isCharacterDevice: () => mode >= 0o20000 && mode < 0o40000 }) as never;
  for (const [path, mode, uid, expected] of [
    ["/dev/null", 0o20666, 0, "it runs"],
    ["/dev/stdin", 0o10600, NOBODY - 1, "it runs"],
    ["/dev/fd/63", 0o10600, NOBODY - 1, "it runs"],
    ["/proc/self/fd/63", 0o10600, NOBODY - 1, "it runs"],
    ["/srv/.vde2/vde_switch.rc", 0o10600, NOBODY - 1, "refused"],
    ["/dev/shm/rc", 0o10600, NOBODY - 1, "refused"],
  ] as const) {
    const outcome = (() => {
      try {
        requireTrusted(file(mode, uid), path);
        return "it runs";
      } catch {
        return "refused";
      }
    })();
    assert.is(outcome, expected, path);
  }
});

asRoot(
  "are as good as files that name a link, which may be a command: those of another user are not opened",
  inLab(async (lab) => {
    const [ran, home] = [lab.path("ran"), lab.path("home")];
    mkdirSync(`${home}/.vdeplug`, { recursive: true });
    const url = `cmd://touch ${ran}\n`;
    const theirs = write(lab, "theirs", url, { uid: NOBODY });
    write(lab, "home/.vdeplug/default", url, { uid: NOBODY });
    const open = write(lab, "open", url, { mode: 0o666 });
    for (const [words, expected] of [
      [[theirs, "null://"], /theirs: Permission denied: .*theirs belongs to nobody: chown it/],
      [[open, "null://"], /open: Permission denied: others may write to .*open: chmod go-w/],
      [["", "null://"], /default switch: Permission denied: .*default belongs to nobody: chown it/],
    ] as const) {
      const program = lab.start("env", `HOME=${home}`, ours(lab, "vde_plug"), ...words);
      assert.is((await program.exit()).code, 1);
      assert.match(program.complaints(), expected);
    }
    assert.not(existsSync(ran));
    const own = startTool(lab, "vde_plug", write(lab, "own", url), "null://");
    await own.exit();
    assert.ok(existsSync(ran));
  }),
);

asRoot(
  "of another user are not run by root's switch, which was started with that user's HOME",
  inLab(async (lab) => {
    mkdirSync(lab.path(".vde2/plugins"), { recursive: true });
    write(lab, ".vde2/vde_switch.rc", "port/create 7\nplugin/add x\n", { uid: NOBODY });
    const plugin = write(lab, ".vde2/plugins/x.mjs", MODULE, { uid: NOBODY });
    const home = ["env", `HOME=${lab.folder}`];
    const { console, program } = await startSwitch(lab, "sw", {
      command: [...home, process.execPath, "bin/loom.js", "switch"],
    });
    await until("the log says so", () => /start script is not run: .*rc belongs to nobody/.test(program.complaints()));
    assert.not.match(await console.command("port/allprint"), /Port 0007/);
    assert.match(await console.command("plugin/add x"), /1013 Permission denied: .*x.mjs belongs to nobody: chown it/);
    assert.match(await console.command(`plugin/add ${plugin}`), /1013 Permission denied/);
    assert.match(await console.command(`load ${lab.path(".vde2/vde_switch.rc")}`), /1013 Permission denied/);
    const named = startTool(lab, "vde_switch", "-s", lab.path("b"), "-f", lab.path(".vde2/vde_switch.rc"));
    assert.is((await named.exit()).code, 1);
    assert.match(named.complaints(), /--rcfile: .*Permission denied: .*rc belongs to nobody: chown it/);
    chownSync(lab.path(".vde2/vde_switch.rc"), 0, 0);
    assert.match(await console.command(`load ${lab.path(".vde2/vde_switch.rc")}`), /1000 Success|1013/);
    assert.match(await console.command("port/allprint"), /Port 0007/);
  }),
);

test.run();
