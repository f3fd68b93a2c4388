// Thousands of ports: that they can be had, and that memory is taken by those that are used.

import { existsSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { frame } from "../interop/frames.js";
import { inLab, type Lab } from "../interop/lab.js";
import { plugInto } from "../interop/plug.js";
import { until } from "../interop/wait.js";
import { residentOf } from "../process.js";

const test = suite("four thousand ports");

const LOOM = new URL("../../../bin/loom.js", import.meta.url).pathname;
/** What a switch may take more for being able to have 4,096 ports. */
const SPARE = 16_000 * 1024;

async function start(lab: Lab, name: string, ports: number) {
  const [dir, mgmt] = [lab.path(`${name}.ctl`), lab.path(`${name}.mgmt`)];
  const words = ["switch", "--sock", dir, "--mgmt", mgmt, "--nostdin", "-n", String(ports)];
  const program = lab.start(process.execPath, LOOM, ...words);
  await until("it serves", () => existsSync(`${dir}/ctl`) && existsSync(mgmt));
  const ask = async (...command: readonly string[]) => {
    const asks = lab.start(process.execPath, LOOM, "ctl", "-s", mgmt, ...command);
    const { code } = await asks.exit();
    return { code, said: asks.text() + asks.complaints() };
  };
  return { dir, ask, resident: () => residentOf(program.pid) };
}

test(
  "can be made, plugged into and talked through, up to the last",
  inLab(async (lab) => {
    const { dir, ask } = await start(lab, "many", 4096);
    assert.is((await ask("port/create", "4000")).code, 0);
    assert.match((await ask("port/create", "4097")).said, /ports are 0 to 4096/);
    assert.match((await ask("port/setnumports", "4097")).said, /the number of ports is 1 to 4096/);
    const [first, last, tagged] = [
      await plugInto(lab, dir, { port: 1 }),
      await plugInto(lab, dir, { port: 4096 }),
      await plugInto(lab, dir, { port: 4095 }),
    ];
    assert.is((await ask("vlan/create", "7")).code, 0);
    assert.is((await ask("port/setvlan", "4096", "7")).code, 0);
    assert.is((await ask("vlan/addport", "7", "4095")).code, 0);
    last.send(frame("a > * there"));
    assert.ok(await tagged.hears("a > * #7 there"));
    assert.is((await ask("port/setvlan", "4096", "0")).code, 0);
    last.send(frame("a > * here"));
    assert.ok(await first.hears("a > * here"));
    first.send(frame("b > a back"));
    assert.ok(await last.hears("b > a back"));
    assert.is((await ask("port/remove", "4000")).code, 0);
  }),
);

test(
  "cost no memory while they are not used",
  inLab(async (lab) => {
    const [few, many] = [await start(lab, "few", 32), await start(lab, "many", 4096)];
    await many.ask("port/create", "4096");
    await many.ask("port/remove", "4096");
    const [small, large] = [few.resident(), many.resident()];
    assert.ok(large < small + SPARE, `${small} octets with 32 ports, ${large} with 4,096`);
  }),
);

test(
  "are not there where there are no addresses for them, and what to do is said in one line",
  inLab(async (lab) => {
    const words = ["switch", "--sock", lab.path("narrow.ctl"), "--nostdin"];
    const narrow = lab.start("sh", "-c", 'ulimit -v 8000000 && exec "$@"', "sh", process.execPath, LOOM, ...words);
    assert.is((await narrow.exit()).code, 1);
    assert.match(narrow.complaints(), /^loom switch: there are too few addresses .*raise `ulimit -v`.*\n$/);
    assert.not(existsSync(lab.path("narrow.ctl")));
  }),
);

test.run();
