// Who has which IP address: the last sight of each address in each VLAN.

/** An address where it was seen last. */
export interface Holder {
  readonly address: Uint8Array;
  readonly vlan: number;
  readonly mac: number;
  readonly port: number;
  /** The user whom the port belonged to, where it was one's. */
  readonly uid: number | undefined;
  /** On the core's clock, which wraps. */
  seenMs: number;
}

/** As many as a switch has MAC addresses. A flood of made-up ones takes no more. */
const COUNT_MAX = 65_536;

export class IpTable {
  /** From the one that was not seen for longest to the latest. */
  readonly #holders = new Map<string, Holder>();

  get size(): number {
    return this.#holders.size;
  }

  /** Notes that an address was seen again at its place. False where it was not there. */
  touch({ address, vlan, mac, port, seenMs }: Omit<Holder, "uid">): boolean {
    const key = keyOf(address, vlan);
    const holder = this.#holders.get(key);
    if (holder === undefined || holder.mac !== mac || holder.port !== port) return false;
    holder.seenMs = seenMs;
    this.#holders.delete(key);
    this.#holders.set(key, holder);
    return true;
  }

  /** Puts an address at a place. Where the table is full, the one that was not seen for longest goes. */
  put(holder: Holder): void {
    const key = keyOf(holder.address, holder.vlan);
    this.#holders.delete(key);
    const [oldest] = this.#holders.size < COUNT_MAX ? [] : this.#holders.keys();
    if (oldest !== undefined) this.#holders.delete(oldest);
    this.#holders.set(key, holder);
  }

  /** Forgets what was not seen for so long. */
  expire(nowMs: number, ageMs: number): void {
    for (const [key, { seenMs }] of this.#holders) {
      if (((nowMs - seenMs) | 0) <= ageMs) return;
      this.#holders.delete(key);
    }
  }

  list(): Holder[] {
    return [...this.#holders.values()];
  }
}

function keyOf(address: Uint8Array, vlan: number): string {
  return String.fromCharCode(vlan, ...address);
}
