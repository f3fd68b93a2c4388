// Which address was last seen where: for nodes and tunnels, which have no core of their own.

const VLAN_TYPE = 0x8100;
/** Beyond it everything is forgotten: a flood of addresses costs no more memory. */
const COUNT_MAX = 65_536;

interface Seen<Where> {
  readonly where: Where;
  readonly atMs: number;
}

export class Addresses<Where> {
  readonly #expireMs: number;
  readonly #seen = new Map<string, Seen<Where>>();

  constructor(expireMs: number) {
    this.#expireMs = expireMs;
  }

  /** Learns the source of a frame. A group is nobody's address. */
  learn(frame: Uint8Array, where: Where): void {
    if ((frame[6]! & 1) !== 0) return;
    if (this.#seen.size >= COUNT_MAX) this.#seen.clear();
    this.#seen.set(keyOf(frame, 6), { where, atMs: performance.now() });
  }

  /** Where the destination of a frame is; undefined for what is not known, or is a group. */
  find(frame: Uint8Array): Where | undefined {
    if ((frame[0]! & 1) !== 0) return undefined;
    const key = keyOf(frame, 0);
    const found = this.#seen.get(key);
    if (found === undefined || performance.now() - found.atMs <= this.#expireMs) return found?.where;
    this.#seen.delete(key);
    return undefined;
  }

  /** Forgets all that was seen there. */
  forget(where: Where): void {
    for (const [key, seen] of this.#seen) if (seen.where === where) this.#seen.delete(key);
  }
}

/** Six octets of address, and two of VLAN. */
function keyOf(frame: Uint8Array, at: number): string {
  const isTagged = ((frame[12]! << 8) | frame[13]!) === VLAN_TYPE;
  const vlan = isTagged ? ((frame[14]! & 15) << 8) | frame[15]! : 0;
  return String.fromCharCode(...frame.subarray(at, at + 6), vlan);
}
