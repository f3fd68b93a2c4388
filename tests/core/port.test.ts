// Ports and endpoints over thousands of plugs: numbers, lists, and what is left behind.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { frame, words } from "../lab.js";
import { random } from "../random.js";
import { bench } from "./bench.js";

const test = suite("port");

/** The endpoints of a port as the core lists them, newest first. */
function listed({ core }: ReturnType<typeof bench>, port: number): number[] {
  const ids: number[] = [];
  let id = core.u16(abi.PORTS + port * abi.PORT_SIZE + abi.PORT_ENDPOINT);
  for (; id !== 0; id = core.u16(abi.ENDPOINTS + id * abi.ENDPOINT_SIZE + abi.ENDPOINT_NEXT)) ids.push(id);
  return ids;
}

function field({ core }: ReturnType<typeof bench>, port: number, offset: number): number {
  return core.u16(abi.PORTS + port * abi.PORT_SIZE + offset);
}

test("keeps its lists right over ten thousand random plugs and unplugs", () => {
  const core = bench();
  const { below } = random(4711);
  const ports = [0, 1, 2, 63, 64, 1024, 4096];
  const model = new Map<number, number[]>(ports.map((port) => [port, []]));
  for (let step = 0; step < 10_000; step++) {
    const port = ports[below(ports.length)]!;
    const plugged = model.get(port)!;
    if (below(2) === 0) plugged.unshift(core.plug(port));
    else if (plugged.length > 0) core.functions.unplug(plugged.splice(below(plugged.length), 1)[0]!);
    if (step % 100 === 0) for (const each of ports) assert.equal(listed(core, each), model.get(each));
  }
  for (const port of ports) {
    assert.is(field(core, port, abi.PORT_ENDPOINT_COUNT), model.get(port)!.length);
    assert.is(core.core.has(abi.OPEN, port), model.get(port)!.length > 0);
  }
});

test("has 5,119 endpoints, says so when all are taken, and gives a number again that came free", () => {
  const { plug, functions } = bench();
  const ids = Array.from({ length: abi.ENDPOINT_COUNT - 1 }, (_, i) => plug(i % 4097));
  assert.is(new Set(ids).size, abi.ENDPOINT_COUNT - 1);
  assert.not.ok(ids.includes(0));
  assert.is(plug(7), 0);
  functions.unplug(1000);
  assert.is(plug(7), 1000);
});

test("forwards to 5,118 endpoints at once", () => {
  const { plug, send, take, slotsFree } = bench();
  const free = slotsFree();
  const [first, ...others] = Array.from({ length: abi.ENDPOINT_COUNT - 1 }, (_, i) =>
    plug(i === 0 ? 0 : 1 + (i % 4096)),
  );
  send(first!, [frame("a > *")]);
  for (const endpoint of others) assert.equal(take(endpoint).map(words), ["a > *"]);
  assert.is(slotsFree(), free);
});

test("knows nothing of a port's past when it is made again", () => {
  const { plug, send, functions, core } = bench();
  const [one, two] = [plug(1), plug(2)];
  functions.vlanJoin(7, 1);
  functions.portSetTrunk(1, 1);
  send(one, [frame("a > *")]);
  functions.unplug(one);
  functions.portRemove(1);
  plug(1);
  send(two, [frame("b > *")]);
  assert.is(core.u64(abi.PORTS + abi.PORT_SIZE + abi.PORT_RX_FRAMES), 0);
  assert.is(core.u64(abi.PORTS + abi.PORT_SIZE + abi.PORT_TX_FRAMES), 1);
  assert.not.ok(core.has(abi.TRUNKS, 1));
  assert.not.ok(core.has(abi.VLANS + 7 * abi.VLAN_SIZE + abi.VLAN_TAGGED, 1));
});

test.run();
