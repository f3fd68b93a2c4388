// Plugins: what they add comes with them, and goes with them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { command, listing } from "../../host/console/command.js";
import { refuse } from "../../host/errors.js";
import type { Plugin, PluginContext } from "../../host/plugin.js";
import { consoleBench } from "./console-bench.js";

const test = suite("console plugins");
const SUCCESS = "1000 Success\n";

/** Adds one of everything under its name. */
function plugin(name: string, start: (context: PluginContext) => void = () => {}) {
  const seen: string[] = [];
  const made: Plugin = {
    name,
    help: `the plugin ${name}`,
    start(context) {
      const dot = listing(`${name}/dot`, [], "a line that is a dot", () => ["one", ".", "two"]);
      context.menu({ name, title: name.toUpperCase(), commands: [dot] }, undefined);
      context.category({ path: `${name}/tick`, tag: 0o301, help: "time passes" });
      context.every(1000, () => context.emit(`${name}/tick`, () => `tick of ${name}`));
      context.tap(({ port, outgoing }) => void seen.push(`${outgoing ? "out" : "in"} ${port}`));
      start(context);
    },
    stop: () => void seen.push("stop"),
  };
  return { made, seen };
}

function manager(...made: readonly Plugin[]) {
  const plugins = Object.fromEntries(made.map((each) => [each.name, each]));
  const bench = consoleBench({ plugins, setups: [{ port: 1 }, { port: 2 }] });
  return { ...bench, one: bench.open() };
}

test("a plugin adds commands, categories, timers and taps, and takes them back", async () => {
  const { made, seen } = plugin("probe");
  const { one, say, pass } = manager(made);
  assert.is(await one.say("plugin/add probe"), SUCCESS);
  assert.is(await one.say("probe/dot"), `0000 DATA END WITH '.'\none\n. \ntwo\n.\n${SUCCESS}`);
  assert.is(await one.say("debug/add probe"), SUCCESS);
  say(1, "a > *");
  pass(2000);
  assert.is(one.said(), "3301 probe/tick tick of probe\n".repeat(2));
  assert.equal(seen, ["in 1", "out 2"]);
  assert.is(await one.say("plugin/del pro"), SUCCESS);
  say(1, "a > *");
  pass(2000);
  assert.is(one.said(), "");
  assert.equal(seen, ["in 1", "out 2", "stop"]);
  assert.match(await one.say("probe/dot"), /^1038 /);
  assert.match(await one.say("debug/list probe"), /^1002 /m);
});

test("two plugins watch the same frames", async () => {
  const [first, second] = [plugin("first"), plugin("second")];
  const { one, say } = manager(first.made, second.made);
  await one.say("plugin/add first");
  await one.say("plugin/add second");
  say(1, "a > *");
  assert.equal(first.seen, ["in 1", "out 2"]);
  assert.equal(second.seen, ["in 1", "out 2"]);
  assert.is(await one.say("plugin/del"), SUCCESS);
  say(1, "a > *");
  assert.is(first.seen.length, 3);
  assert.is(second.seen.length, 4);
});

test("a plugin that does not start leaves nothing behind", async () => {
  const broken = plugin("broken", () => refuse("EACCES", "not today"));
  const buggy = plugin("buggy", () => {
    throw new TypeError("x is not a function");
  });
  const { one, sw } = manager(broken.made, buggy.made);
  assert.is(await one.say("plugin/add broken"), "1013 Permission denied: not today\n");
  assert.is(
    await one.say("plugin/add buggy"),
    "1022 Invalid argument: buggy did not start: TypeError: x is not a function\n",
  );
  assert.match(await one.say("plugin/list"), /^1002 /m);
  assert.match(await one.say("broken/dot"), /^1038 /);
  assert.equal([...sw.events.list("b")], []);
});

test("a plugin is loaded once, and takes no command or category of another", async () => {
  const probe = plugin("probe");
  const thief = plugin("thief", (context) => {
    const taken = command("vlan/create", [], "mine", () => {});
    context.menu({ name: "vlan", title: "MINE", commands: [taken] }, undefined);
  });
  const listener = plugin("listener", (context) => context.category({ path: "port/+", tag: 1, help: "mine" }));
  const { one } = manager(probe.made, thief.made, listener.made);
  await one.say("plugin/add probe");
  assert.is(await one.say("plugin/add probe"), "1017 File exists: probe is loaded\n");
  assert.is(await one.say("plugin/add thief"), "1017 File exists: there is a command vlan/create already\n");
  assert.is(await one.say("plugin/add listener"), "1017 File exists: there is an event category port/+ already\n");
  assert.is(await one.say("vlan/create 7"), SUCCESS);
});

test("all plugins stop with the switch, the last one first, whatever one of them does", async () => {
  const order: string[] = [];
  const stopping = (name: string): Plugin => ({
    name,
    help: "",
    start() {},
    stop() {
      order.push(name);
      if (name === "b") throw new Error("will not");
    },
  });
  const { console, one, log } = manager(stopping("a"), stopping("b"), stopping("c"));
  for (const name of ["a", "b", "c"]) await one.say(`plugin/add ${name}`);
  await console.plugins.close();
  assert.equal(order, ["c", "b", "a"]);
  assert.equal(log, ["b did not stop: Error: will not"]);
  assert.equal(console.plugins.list(""), []);
});

test.run();
