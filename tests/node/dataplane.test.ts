// The data plane's thread, where what it says crosses what it is told.

import { closeSync, openSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { caller, fail } from "../../host/calls.js";
import { linkPair } from "../../host/link-pair.js";
import type { Endpoint } from "../../host/ports.js";
import { close } from "../../host-node/native/libc.js";
import { SOCK_STREAM, unixSocket } from "../../host-node/native/socket.js";
import { type OpenSwitch, openSwitch } from "../../host-node/open.js";

const test = suite("dataplane");

/** Plugs in what fails at the first read, as a tap does whose interface was deleted: a stream that nobody has connected. */
function plugBroken(sw: OpenSwitch): Endpoint {
  const fd = unixSocket(SOCK_STREAM);
  return sw.ports.plug(sw.ports.create(5), { kind: abi.KIND_TAP, fd, module: "test", close: () => close(fd) });
}

/** Lets the other thread run, and this one hear nothing of it. */
function hold(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test("unplugs what broke, and says so", async () => {
  let say = (_text: string): void => {};
  const said = new Promise<string>((resolve) => {
    say = resolve;
  });
  const sw = await openSwitch({ log: (text) => say(text) });
  plugBroken(sw);
  assert.match(await said, /^port 5: unplugged test .*: invalid argument$/);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(sw.ports.get(5).endpoints, []);
  await sw.close();
});

test("leaves alone who got the number of what broke before that was heard", async () => {
  const sw = await openSwitch();
  const broken = plugBroken(sw);
  hold(100);
  sw.unplug(broken);
  const next = sw.plug(linkPair()[0], { port: 5 });
  assert.is(next.core, broken.core);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(sw.ports.get(5).endpoints, [next]);
  await sw.close();
});

test("ends once, and lets go of no descriptor of others afterwards", async () => {
  const [sw, [ours, theirs]] = [await openSwitch(), linkPair()];
  const endpoint = sw.plug(ours);
  await sw.close();
  const files = Array.from({ length: 16 }, () => openSync("/dev/null", "r"));
  await sw.close();
  sw.unplug(endpoint);
  assert.not(theirs.send(new Uint8Array(60)));
  assert.throws(() => sw.fdb.flush(), /has ended/);
  files.forEach(closeSync);
});

test("answers no call any more when the thread has failed, but lets everything be unplugged", () => {
  const memory = new SharedArrayBuffer(abi.CONFIG + abi.CONFIG_SIZE);
  const call = caller(memory, { ring() {}, wait: Atomics.wait });
  fail(memory);
  assert.is(call("unplug", 1), 0);
  assert.throws(() => call("plug", 1, 1, 1, 0), /has ended/);
});

test.run();
