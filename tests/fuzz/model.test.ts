// The core against a naive switch: random frames, commands and time. They must agree on every octet that leaves, on every
// refusal, and on what they remember. FUZZ_SEED runs one script, FUZZ_MS sets how long new ones are tried.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { lab, type Station } from "../lab.js";
import { refusal } from "../refusal.js";
import { EXPIRE_MS, Model } from "./model.js";
import { frameOf, makeScript, print, type Script, type Step, shrink } from "./script.js";

const test = suite("model");

const CORPUS = Array.from({ length: 12 }, (_, i) => i + 1);
/** Steps between two looks at what both remember: the core's list is long. */
const LOOK_EVERY = 8;
const FUZZ_MS = Number(process.env["FUZZ_MS"] ?? 3_000);

/** Both switches. Each step is done to both; `disagreement` says where they part. */
class Pair {
  readonly #lab = lab([]);
  readonly #model = new Model();
  readonly #stations = new Map<number, Station[]>();
  readonly #free = this.#slotsFree();

  /** Runs a script. Returns what they disagree on, or undefined. */
  run(script: Script): string | undefined {
    for (const [at, step] of script.entries()) {
      const isLook = at % LOOK_EVERY === 0 || at === script.length - 1;
      const why = this.#step(step) ?? (isLook ? this.#compareFdb() : undefined);
      if (why !== undefined) return `at step ${at}, ${JSON.stringify(step)}: ${why}`;
    }
    for (const id of this.#stations.keys()) while (this.#at(id).length > 0) this.#unplug(id);
    return this.#slotsFree() === this.#free ? undefined : `${this.#free - this.#slotsFree()} slots leaked`;
  }

  #step(step: Step): string | undefined {
    if (step[0] === "say" || step[0] === "raw")
      return this.#speak(step[1], step[0] === "say" ? step[2] : 0, frameOf(step));
    if (step[0] === "pass") {
      this.#lab.pass(step[1]);
      this.#model.nowMs += step[1];
      return undefined;
    }
    const real = refusal(() => this.#command(step));
    const model = refusal(() => this.#commandModel(step));
    return (real === undefined) === (model === undefined) ? undefined : `the core says ${real}, the model ${model}`;
  }

  #speak(port: number, index: number, frame: Uint8Array): string | undefined {
    const speakers = this.#at(port);
    const speaker = speakers[index % speakers.length];
    if (speaker === undefined) return undefined;
    speaker.link.send(frame);
    this.#lab.clock.pass(0);
    const expected = this.#model.receive(port, frame);
    for (const station of this.#lab.stations) {
      const want = this.#at(station.port).includes(station) ? expected.get(station.port) : undefined;
      const heard = station.heard.map(hex).join(" ");
      station.heard = [];
      if (heard !== (want === undefined ? "" : hex(want)))
        return `port ${station.port} heard ${heard || "nothing"}, not ${want === undefined ? "nothing" : hex(want)}`;
    }
    return undefined;
  }

  #compareFdb(): string | undefined {
    const real = [...this.#lab.sw.fdb.list()]
      .filter(({ ageMs }) => ageMs <= EXPIRE_MS)
      .map(({ vlan, mac, port, ageMs }) => `${vlan} ${mac.replaceAll(":", "")} ${port} ${ageMs}`);
    const { fdb, nowMs } = this.#model;
    const model = [...fdb]
      .filter(([, { seenMs }]) => nowMs - seenMs <= EXPIRE_MS)
      .map(([key, { port, seenMs }]) => `${key} ${port} ${nowMs - seenMs}`);
    const [left, right] = [real.sort().join(", "), model.sort().join(", ")];
    return left === right ? undefined : `the core knows ${left}, the model ${right}`;
  }

  #command([verb, first, second = 0]: Exclude<Step, readonly ["say" | "raw" | "pass", ...unknown[]]>): void {
    const { sw } = this.#lab;
    if (verb === "plug") this.#stations.set(first, [...this.#at(first), this.#lab.plug({ port: first })]);
    else if (verb === "unplug") this.#unplug(first);
    else if (verb === "remove") sw.ports.remove(first);
    else if (verb === "flush-port") sw.fdb.flushPort(first);
    else if (verb === "flush-vlan") sw.fdb.flushVlan(first);
    else if (verb === "create") sw.vlans.create(first);
    else if (verb === "destroy") sw.vlans.remove(first);
    else if (verb === "join") sw.vlans.addPort(first, second);
    else if (verb === "leave") sw.vlans.removePort(first, second);
    else if (verb === "pvid") sw.vlans.setPvid(first, second);
    else if (verb === "trunk") sw.vlans.setTrunk(first, second === 1);
    else if (verb === "hub") sw.hub = first === 1;
    else sw.transparent = first === 1;
  }

  #commandModel([verb, first, second = 0]: Exclude<Step, readonly ["say" | "raw" | "pass", ...unknown[]]>): void {
    const model = this.#model;
    if (verb === "plug") model.plug(first);
    else if (verb === "unplug") this.#at(first).length === 0 ? model.shut(first) : undefined;
    else if (verb === "remove") model.remove(first);
    else if (verb === "flush-port") model.flush((_, port) => port === first);
    else if (verb === "flush-vlan") model.flush((vid) => first === abi.VLAN_NONE || vid === first);
    else if (verb === "create") model.createVlan(first);
    else if (verb === "destroy") model.removeVlan(first);
    else if (verb === "join") model.join(first, second);
    else if (verb === "leave") model.leave(first, second);
    else if (verb === "pvid") model.setPvid(first, second);
    else if (verb === "trunk") model.setTrunk(first, second === 1);
    else if (verb === "hub") becomeHub(model, first === 1);
    else model.transparent = first === 1;
  }

  #at(port: number): Station[] {
    return this.#stations.get(port) ?? [];
  }

  /** Takes out the station that was plugged in first. */
  #unplug(port: number): void {
    const [first, ...others] = this.#at(port);
    if (first !== undefined) this.#lab.sw.unplug(first.endpoint);
    this.#stations.set(port, others);
  }

  #slotsFree(): number {
    return this.#lab.core.u32(abi.CONFIG + abi.CONFIG_SLOTS_FREE);
  }
}

function becomeHub(model: Model, on: boolean): void {
  model.hub = on;
  model.flush(() => true);
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

/** What goes wrong in a script: a disagreement, or a trap. */
function trouble(script: Script): string | undefined {
  try {
    return new Pair().run(script);
  } catch (error) {
    return `threw ${error instanceof Error ? error.stack : error}`;
  }
}

function check(seed: number): void {
  const script = makeScript(seed);
  if (trouble(script) === undefined) return;
  const shortest = shrink(script, (shorter) => trouble(shorter) !== undefined);
  assert.unreachable(`FUZZ_SEED=${seed}: ${trouble(shortest)}\n${print(shortest)}`);
}

for (const seed of CORPUS) test(`agree on the script of seed ${seed}`, () => check(seed));

test("agree on new scripts", () => {
  const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1e9);
  const endMs = performance.now() + (process.env["FUZZ_SEED"] === undefined ? FUZZ_MS : 0);
  let tried = 0;
  do check(seed + tried++);
  while (performance.now() < endMs);
  console.log(`  model: ${tried} new scripts from FUZZ_SEED=${seed}`);
});

test.run();
