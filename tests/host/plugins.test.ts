// What a plugin may do wrong without harm, and what is left when it is gone.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Plugin, PluginContext } from "../../host/plugin.js";
import { consoleBench } from "./console-bench.js";

const test = suite("plugins");
const SUCCESS = "1000 Success\n";

/** A bench where `probe` is a plugin that starts so, and is loaded. */
async function bench(start: Plugin["start"]) {
  const plugins = { probe: { name: "probe", help: "", start } };
  const made = consoleBench({ plugins, setups: [{ port: 1 }, { port: 2 }] });
  const one = made.open();
  const reply = await one.say("plugin/add probe");
  const isCapturing = () => made.core.u8(abi.CONFIG + abi.CONFIG_CAPTURE) === 1;
  return { ...made, one, reply, isCapturing };
}

/** Lets what was begun in promises come to its end. */
const settle = () => new Promise((done) => setImmediate(done));

test("a tap that throws is logged once, and its plugin goes; the frames do not mind", async () => {
  const { say, log, one, isCapturing } = await bench(({ tap }) => {
    tap(() => {
      throw new Error("cannot count");
    });
  });
  assert.equal(say(1, "a > b", "a > b"), ["2: a > b", "2: a > b"]);
  await settle();
  assert.is(log.length, 1);
  assert.match(log[0] ?? "", /^probe broke, and is unloaded: Error: cannot count\n {4}at /);
  assert.match(await one.say("plugin/list"), /^1002 /m);
  assert.not(isCapturing());
});

test("a task that throws, now or later, unloads its plugin and ends the task", async () => {
  const late = async () => Promise.reject(new Error("too late"));
  const now = () => assert.unreachable("at once");
  for (const task of [late, now]) {
    const { pass, log, one } = await bench(({ every }) => void every(1000, task));
    pass(3000);
    await settle();
    pass(3000);
    assert.is(log.length, 1);
    assert.match(await one.say("plugin/list"), /^1002 /m);
  }
});

test("a command that throws is answered, and its plugin stays", async () => {
  const { one, log } = await bench(({ menu }) => {
    const run = () => assert.unreachable("a bug");
    const command = { shows: "result", path: "probe/break", kinds: [], help: "", run } as const;
    menu({ name: "probe", title: "PROBE", commands: [command] }, undefined);
  });
  assert.is(await one.say("probe/break"), "1005 Input/output error: probe/break broke: a bug\n");
  assert.is(log.length, 1);
  assert.match(await one.say("plugin/list"), /^probe/m);
});

test("frames cost a copy only while somebody watches them", async () => {
  const seen: string[] = [];
  let stop = () => {};
  let again = () => {};
  const { say, isCapturing, one } = await bench(({ tap }) => {
    again = () => {
      stop = tap(({ port }) => void seen.push(String(port)));
    };
  });
  assert.not(isCapturing());
  again();
  assert.ok(isCapturing());
  say(1, "a > *");
  stop();
  stop();
  assert.not(isCapturing());
  say(1, "a > *");
  assert.equal(seen, ["1", "2"]);
  again();
  await one.say("plugin/del probe");
  assert.not(isCapturing());
});

test("a tap may end itself", async () => {
  let count = 0;
  const { say } = await bench(({ tap }) => {
    const stop = tap(() => {
      count++;
      stop();
    });
  });
  say(1, "a > *", "a > *");
  assert.is(count, 1);
});

test("a hangup reaches plugins, and no console", async () => {
  let count = 0;
  const { sw, one } = await bench(({ onhangup }) => void onhangup(() => void count++));
  sw.events.emit("sig/hup", "hangup");
  assert.is(count, 1);
  assert.is(await one.say("debug/add sig"), "1022 Invalid argument: no category begins with sig, see debug/list\n");
  await one.say("plugin/del probe");
  sw.events.emit("sig/hup", "hangup");
  assert.is(count, 1);
});

test("a category knows whether it is watched", async () => {
  const told: boolean[] = [];
  const onwatch = (watched: boolean) => void told.push(watched);
  const { one } = await bench(({ category }) => category({ path: "probe/x", tag: 1, help: "", onwatch }));
  await one.say("debug/add probe");
  await one.say("debug/del probe");
  assert.equal(told, [true, false]);
});

test("unloading waits for what the plugin has to end, the last first, whatever breaks", async () => {
  const order: string[] = [];
  const { one, log } = await bench(({ onstop }) => {
    onstop(() => void order.push("first"));
    onstop(() => assert.unreachable("no end"));
    onstop(async () => {
      await settle();
      order.push("last");
    });
  });
  assert.is(await one.say("plugin/del probe"), SUCCESS);
  assert.equal(order, ["last", "first"]);
  assert.equal(log, ["probe did not stop: Assertion: no end"]);
});

test("a plugin that is gone adds nothing more", async () => {
  let kept: PluginContext | undefined;
  const { one } = await bench((context) => {
    kept = context;
  });
  await one.say("plugin/del probe");
  assert.throws(() => kept?.tap(() => {}), /probe is unloaded/);
  assert.throws(() => kept?.every(1000, () => {}), /probe is unloaded/);
});

test("a plugin that is unloaded while it starts does not come back", async () => {
  let go = () => {};
  const started = new Promise<void>((done) => {
    go = done;
  });
  const plugins = { slow: { name: "slow", help: "", start: () => started } };
  const { open } = consoleBench({ plugins });
  const [one, other] = [open(), open()];
  const added = one.say("plugin/add slow");
  await settle();
  assert.is(await other.say("plugin/del slow"), SUCCESS);
  go();
  assert.is(await added, "1022 Invalid argument: slow was unloaded while it started\n");
  assert.match(await other.say("plugin/list"), /^1002 /m);
});

test("an interval is one that a timer can wait for", async () => {
  for (const intervalMs of [0, -1, Number.NaN, 2 ** 31]) {
    const { reply } = await bench(({ every }) => void every(intervalMs, () => {}));
    assert.match(reply, /^1022 .* 1 to 2147483647 ms\n$/);
  }
});

test.run();
