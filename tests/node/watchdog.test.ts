// A data plane that makes no progress: who notices, what is said, and that nobody cries wolf.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { Watchdog } from "../../host-node/dataplane/watchdog.js";
import { frame } from "../interop/frames.js";
import { inLab, type Lab } from "../interop/lab.js";
import { plugInto } from "../interop/plug.js";
import { until } from "../interop/wait.js";

const test = suite("a stuck data plane");

const PRELOAD = new URL("watchdog-preload.js", import.meta.url).pathname;
const LOOM = new URL("../../../bin/loom.js", import.meta.url).pathname;

/** A switch with two plugs. */
async function start(lab: Lab, watchdog: string) {
  const dir = lab.path("ctl.dir");
  const mgmt = lab.path("mgmt");
  const words = ["switch", "--sock", dir, "--mgmt", mgmt, "--nostdin", "--watchdog", watchdog];
  const program = lab.start(process.execPath, "--import", PRELOAD, LOOM, ...words);
  await until("it serves", () => existsSync(`${dir}/ctl`) && existsSync(mgmt));
  const [first, second] = [await plugInto(lab, dir), await plugInto(lab, dir)];
  second.send(frame("b > * here"));
  await first.hears("b > * here");
  return { dir, mgmt, program, sender: second };
}

/** The next frame for the first plug never ends. */
async function getStuck({ program, sender }: Awaited<ReturnType<typeof start>>): Promise<void> {
  program.signal("SIGUSR2");
  await program.says(/^broken$/m);
  sender.send(frame("b > * there"));
}

test(
  "is found without a call, is logged with what it did, and ends the process with 70 and nothing left behind",
  inLab(async (lab) => {
    const one = await start(lab, "2");
    await getStuck(one);
    assert.is((await one.program.exit(60_000)).code, 70);
    assert.match(
      one.program.complaints(),
      /the data plane is stuck: for \d+ seconds it has been reading frames of endpoint 2 in port 2/,
    );
    assert.not(existsSync(one.dir) || existsSync(one.mgmt));
  }),
);

test(
  "does not hold up who calls it in silence",
  inLab(async (lab) => {
    const one = await start(lab, "4");
    const asks = lab.start(process.execPath, LOOM, "term", one.mgmt);
    asks.tell("port/showinfo\n");
    await asks.says(/^Success$/m);
    await getStuck(one);
    asks.tell("hash/flush\n");
    assert.is((await one.program.exit(60_000)).code, 70);
    assert.match(
      one.program.complaints(),
      /has not answered flushVlan for 3 seconds: it is reading frames of endpoint 2 in port 2/,
    );
    assert.match(one.program.complaints(), /the data plane is stuck/);
    assert.is.not((await asks.exit()).code, 0);
  }),
);

test(
  "is left alone where that is asked for",
  inLab(async (lab) => {
    const one = await start(lab, "0");
    await getStuck(one);
    await sleep(4_000);
    assert.is(one.program.complaints(), "");
    one.program.signal("SIGKILL");
    await one.program.exit();
  }),
);

test(
  "is not what a process is that was stopped",
  inLab(async (lab) => {
    const { program } = await start(lab, "1");
    for (let i = 0; i < 3; i++) {
      program.signal("SIGSTOP");
      await sleep(2_500);
      program.signal("SIGCONT");
      await sleep(200);
    }
    program.signal("SIGTERM");
    assert.is((await program.exit()).code, 0);
    assert.not.match(program.complaints(), /stuck/);
  }),
);

/** A watchdog of memory whose loop stands still in this test's own thread, and what it said. */
function watching(looks: number, thread: number): string[] {
  const memory = new SharedArrayBuffer(abi.ENDPOINTS + abi.ENDPOINT_COUNT * abi.ENDPOINT_SIZE);
  const words = new Uint32Array(memory);
  words[(abi.CONFIG + abi.CONFIG_THREAD) >>> 2] = thread;
  words[(abi.CONFIG + abi.CONFIG_DOING) >>> 2] = (abi.DOING_READ << 16) | 7;
  const said: string[] = [];
  const watchdog = new Watchdog(memory, 1, (why) => void said.push(why));
  for (let i = 0; i < looks; i++) watchdog.look();
  watchdog.stop();
  return said;
}

test("is not one that is only kept from running, or not yet for long", () => {
  assert.equal(watching(5, process.pid), []); // it runs, and has used next to nothing
});

test("is not one that cannot be looked at, and nothing ends for that", () => {
  assert.equal(watching(20, 2 ** 31), []); // there is no such thread to read about
});

/** Another thread of this process, which has nothing to do. */
function sleeper(): number {
  const ids = readdirSync("/proc/self/task").map(Number);
  const sleeps = (id: number) => / S /.test(readFileSync(`/proc/self/task/${id}/stat`, "latin1"));
  return ids.find((id) => id !== process.pid && sleeps(id))!;
}

test("is one that sleeps in a call that does not return, after a while", () => {
  const thread = sleeper();
  assert.equal(watching(6, thread), []);
  assert.match(
    watching(12, thread).join(),
    /^the data plane is stuck: for \d+ seconds it has been reading frames of endpoint 7/,
  );
});

test.run();
