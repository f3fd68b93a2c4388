// The connections that there are, by what is in a segment's headers. The last one that was found is looked at first: most
// segments follow one of their own.

import { type Address, sameAddress } from "../address.js";
import type { Limits } from "../limits.js";
import type { Memory } from "../memory.js";
import type { Packet } from "../packet.js";
import type { Ends, Flow } from "./flow.js";

/** Where systems take such ports from. */
const PORT_MIN = 32_768;
const PORT_COUNT = 28_232;
const PORT_TRIES = 64;

export class Flows {
  /** Removes one that makes room. */
  onevict: (flow: Flow) => void = () => {};
  readonly #limits: Limits;
  readonly #others: () => number;
  /** What a guest cannot guess: it could put all its connections in one place otherwise. */
  readonly #seed: number;
  readonly #byHash = new Map<number, Flow[]>();
  readonly #all = new Set<Flow>();
  readonly #lingering = new Set<Flow>();
  #last: Flow | undefined;

  /** `others` is how many connections there are beside these. */
  constructor(limits: Limits, seed: number, others: () => number) {
    this.#limits = limits;
    this.#others = others;
    this.#seed = seed | 1;
  }

  list(): readonly Flow[] {
    return [...this.#all];
  }

  find({ memory, from, width, at }: Packet): Flow | undefined {
    const last = this.#last;
    if (last !== undefined && isAt(last.ends, memory, from, width, at)) return last;
    const ports = memory.u32(at);
    const found = this.#byHash
      .get(this.#hash(memory.u32(from + width - 4), memory.u32(from + 2 * width - 4), ports))
      ?.find(({ ends }) => isAt(ends, memory, from, width, at));
    if (found !== undefined) this.#last = found;
    return found;
  }

  has(ends: Ends): boolean {
    return this.get(ends) !== undefined;
  }

  get({ guest, guestPort, far, farPort }: Ends): Flow | undefined {
    const same = (flow: Flow) =>
      flow.ends.guestPort === guestPort &&
      flow.ends.farPort === farPort &&
      sameAddress(flow.ends.guest, guest) &&
      sameAddress(flow.ends.far, far);
    return this.#byHash.get(this.#hashOf({ guest, guestPort, far, farPort }))?.find(same);
  }

  /** A port for the far end that makes a connection like no other. */
  freePort(ends: Omit<Ends, "farPort">, start: number): number | undefined {
    for (let tries = 0; tries < PORT_TRIES; tries++) {
      const farPort = PORT_MIN + ((start + tries) % PORT_COUNT);
      if (!this.has({ ...ends, farPort })) return farPort;
    }
    return undefined;
  }

  /** Adds one. False where there are too many; those that only wait make room. */
  add(flow: Flow): boolean {
    const { flows, flowsPerGuest } = this.#limits;
    const { owner } = flow;
    const isBeyond =
      (owner.flows >= flowsPerGuest && !this.#makeRoom((other) => other.owner === owner)) ||
      (this.#all.size + this.#others() >= flows && !this.#makeRoom(() => true));
    if (isBeyond) {
      owner.refused++;
      return false;
    }
    this.#all.add(flow);
    owner.flows++;
    const hash = this.#hashOf(flow.ends);
    const others = this.#byHash.get(hash);
    if (others === undefined) this.#byHash.set(hash, [flow]);
    else others.push(flow);
    return true;
  }

  #makeRoom(mayGo: (flow: Flow) => boolean): boolean {
    for (const flow of this.#lingering) {
      if (!mayGo(flow)) continue;
      this.onevict(flow);
      return true;
    }
    return false;
  }

  /** It may go where there is no room for another. */
  linger(flow: Flow): void {
    this.#lingering.add(flow);
  }

  remove(flow: Flow): void {
    if (!this.#all.delete(flow)) return;
    this.#lingering.delete(flow);
    if (this.#last === flow) this.#last = undefined;
    const hash = this.#hashOf(flow.ends);
    const left = (this.#byHash.get(hash) ?? []).filter((other) => other !== flow);
    if (left.length === 0) this.#byHash.delete(hash);
    else this.#byHash.set(hash, left);
    flow.owner.flows--;
  }

  #hashOf({ guest, guestPort, far, farPort }: Ends): number {
    return this.#hash(lastWord(guest), lastWord(far), ((guestPort << 16) | farPort) >>> 0);
  }

  #hash(guest: number, far: number, ports: number): number {
    let hash = Math.imul(guest ^ this.#seed, 0x9e3779b1);
    hash = Math.imul((hash ^ (hash >>> 15)) + far, 0x85ebca6b);
    hash = Math.imul((hash ^ (hash >>> 13)) + ports, 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }
}

function lastWord(address: Address): number {
  const at = address.length - 4;
  return ((address[at]! << 24) | (address[at + 1]! << 16) | (address[at + 2]! << 8) | address[at + 3]!) >>> 0;
}

function isAt(
  { guest, guestPort, far, farPort }: Ends,
  memory: Memory,
  from: number,
  width: number,
  at: number,
): boolean {
  return (
    memory.u32(at) === ((guestPort << 16) | farPort) >>> 0 &&
    guest.length === width &&
    memory.is(from, guest) &&
    memory.is(from + width, far)
  );
}
