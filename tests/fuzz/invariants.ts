// What must hold in a core's memory at any time, whatever has happened to it.

import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Core } from "../../host/core.js";

/** Every slot is free, ready for the next frames to come in, or held by exactly as many queues as its head says. */
export function checkSlots(core: Core): void {
  const held = new Map<number, number>();
  let inKernel = 0;
  for (let id = 1; id < abi.ENDPOINT_COUNT; id++) {
    const at = abi.ENDPOINTS + id * abi.ENDPOINT_SIZE;
    if (core.u8(at) === abi.KIND_FREE) continue;
    const tail = core.u32(at + abi.ENDPOINT_TAIL);
    inKernel += core.u32(at + abi.ENDPOINT_HELD);
    for (let cursor = core.u32(at + abi.ENDPOINT_HEAD); cursor !== tail; cursor = (cursor + 1) >>> 0) {
      const cell = abi.QUEUES + id * abi.QUEUE_SIZE + 2 * (cursor & (abi.QUEUE_COUNT - 1));
      const slot = core.u16(cell) & ~abi.QUEUE_TAGGED;
      held.set(slot, (held.get(slot) ?? 0) + 1);
    }
  }
  for (const [slot, count] of held)
    assert.is(core.u16(abi.HEADS + slot * abi.HEAD_SIZE + abi.HEAD_REFERENCES), count, `references of slot ${slot}`);
  const large = [...held.keys()].filter((slot) => slot >= abi.SLOT_COUNT).length;
  const small = held.size - large;
  assert.is(core.u32(abi.CONFIG + abi.CONFIG_SLOTS_FREE) + small + abi.BATCH, abi.SLOT_COUNT, "slots in all");
  assert.is(core.u32(abi.CONFIG + abi.CONFIG_HELD), inKernel, "octets in the kernel");
  assert.is(core.u32(abi.CONFIG + abi.CONFIG_LARGE_FREE) + large + 1, abi.LARGE_COUNT, "large slots in all");
}

/** Each port's list of addresses is whole and in order, and the index leads to each of them once. */
export function checkFdb(core: Core): void {
  const entries = new Set<number>();
  for (let port = 0; port < abi.PORT_COUNT; port++) for (const entry of listed(core, port)) entries.add(entry);
  assert.is(core.u32(abi.CONFIG + abi.CONFIG_FDB_COUNT), entries.size, "addresses in all");
  assert.ok(entries.size <= core.u32(abi.CONFIG + abi.CONFIG_FDB_LIMIT));
  const index = new Uint32Array(core.octets.buffer, abi.INDEX, abi.INDEX_COUNT);
  const indexed = index.filter((cell) => cell !== 0).map((cell) => cell & 0x1ffff);
  assert.is(indexed.length, entries.size, "cells of the index");
  assert.equal(new Set(indexed), entries);
}

/** The addresses behind a port, oldest first. */
function listed(core: Core, port: number): number[] {
  const at = abi.PORTS + port * abi.PORT_SIZE;
  const entries: number[] = [];
  let seenMs = 0;
  let newer = core.u32(at + abi.PORT_FDB_OLDEST);
  for (; newer !== 0; newer = core.u32(abi.ADDRESSES + newer * abi.ADDRESS_SIZE + abi.ADDRESS_NEWER)) {
    const entry = abi.ADDRESSES + newer * abi.ADDRESS_SIZE;
    entries.push(newer);
    assert.is(core.u16(entry + abi.ADDRESS_PORT), port);
    assert.ok(core.u32(entry + abi.ADDRESS_SEEN_MS) >= seenMs, `order of the addresses behind port ${port}`);
    seenMs = core.u32(entry + abi.ADDRESS_SEEN_MS);
  }
  assert.is(core.u32(at + abi.PORT_FDB_COUNT), entries.length, `addresses behind port ${port}`);
  assert.is(core.u32(at + abi.PORT_FDB_NEWEST), entries.at(-1) ?? 0);
  assert.ok(entries.length <= core.u32(at + abi.PORT_FDB_LIMIT) || entries.length === 0);
  return entries;
}
