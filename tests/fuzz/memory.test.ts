// The core under stress: peers that stall, refuse and vanish, queues that fill, addresses without end, limits that move.
// Whatever happens, no slot and no address is lost track of.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { bench } from "../core/bench.js";
import { frame } from "../lab.js";
import { type Random, random } from "../random.js";
import { checkFdb, checkSlots } from "./invariants.js";

const test = suite("memory");

const CORPUS = [1, 2, 3, 4];
const STEPS = 1_500;
const PORTS = [0, 1, 2, 63, 64, 1024, 4096];
type Bench = ReturnType<typeof bench>;

class Stress {
  readonly #bench: Bench = bench();
  readonly #free = this.#bench.slotsFree();
  readonly #random: Random;
  #endpoints: number[] = [];
  #nowMs = 0;

  constructor(seed: number) {
    this.#random = random(seed);
  }

  run(): void {
    for (let step = 0; step < STEPS; step++) {
      this.#step();
      if (step % 10 === 0) checkSlots(this.#bench.core);
      if (step % 100 === 0) checkFdb(this.#bench.core);
    }
    for (const endpoint of this.#endpoints) this.#bench.functions.unplug(endpoint);
    assert.is(this.#bench.slotsFree(), this.#free);
    assert.is(this.#bench.core.u32(abi.CONFIG + abi.CONFIG_FDB_COUNT), 0);
  }

  #step(): void {
    const { below, pick } = this.#random;
    const { functions } = this.#bench;
    const kind = below(20);
    this.#nowMs += below(3) === 0 ? below(5_000) : 0;
    if (kind < 2 || this.#endpoints.length === 0) this.#endpoints.push(this.#bench.plug(pick(PORTS)));
    else if (kind === 2) functions.unplug(this.#endpoints.splice(below(this.#endpoints.length), 1)[0]!);
    else if (kind === 3) functions.tick(this.#nowMs);
    else if (kind === 4) this.#limit();
    else if (kind === 5) functions.flushPort(pick(PORTS));
    else if (kind < 13) this.#send(pick(this.#endpoints));
    else for (const endpoint of this.#bench.dirty()) this.#flush(endpoint);
  }

  /** A batch, or a burst that no queue is long enough for. */
  #send(endpoint: number): void {
    const { below } = this.#random;
    const octets = (): string => `02:00:00:00:${below(2)}:${below(200).toString(16)}`;
    const frames = Array.from({ length: below(abi.BATCH) }, () =>
      frame(`${octets()} > ${below(3) === 0 ? "*" : octets()}`),
    );
    for (let i = below(20) === 0 ? 60 : 1; i > 0; i--) this.#bench.send(endpoint, frames, this.#nowMs);
  }

  /** A peer that takes everything, or a part, or nothing, or refuses a frame; one that took nothing may have room now. */
  #flush(endpoint: number): void {
    const { below } = this.#random;
    const { functions, take } = this.#bench;
    const kind = below(6);
    if (kind < 2) take(endpoint);
    else take(endpoint, below(40));
    if (kind === 3 && functions.prepare(endpoint) > 0) functions.refused(endpoint);
    if (kind > 3) functions.wait(endpoint, below(2) * below(500_000));
    for (const other of this.#endpoints) if (below(10) === 0) functions.resume(other);
  }

  #limit(): void {
    const { below, pick } = this.#random;
    const { core, functions } = this.#bench;
    const limit = pick([0, 1, 10, 100, abi.FDB_LIMIT_MAX, abi.FDB_LIMIT_MAX]);
    if (below(2) === 0) core.setU32(abi.CONFIG + abi.CONFIG_FDB_LIMIT, limit);
    else core.setU32(abi.PORTS + pick(PORTS) * abi.PORT_SIZE + abi.PORT_FDB_LIMIT, limit);
    functions.shrink();
  }
}

for (const seed of CORPUS)
  test(`loses nothing in ${STEPS} steps of seed ${seed}`, () => {
    new Stress(seed).run();
  });

test("loses nothing in new steps", () => {
  const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1e9);
  console.log(`  memory: FUZZ_SEED=${seed}`);
  new Stress(seed).run();
});

test.run();
