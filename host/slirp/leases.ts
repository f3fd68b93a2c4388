// Who was given which address, and until when. A guest keeps its address as long as nobody else needs it.

export interface Lease {
  /** How the guest is known: its hardware address, or its identifier. */
  readonly owner: string;
  readonly number: number;
  name: string;
  untilMs: number;
}

export class Leases {
  readonly #count: number;
  readonly #byOwner = new Map<string, Lease>();
  readonly #byNumber = new Map<number, Lease>();
  /** Where to look first for a number that nobody has had. */
  #next = 0;

  constructor(count: number) {
    this.#count = count;
  }

  list(nowMs: number): readonly Lease[] {
    return [...this.#byNumber.values()].filter(({ untilMs }) => untilMs > nowMs).sort((a, b) => a.number - b.number);
  }

  of(owner: string): Lease | undefined {
    return this.#byOwner.get(owner);
  }

  /** A number for an owner: its own, the one that it wants, a new one, or the one that ran out first. */
  offer(owner: string, wanted: number | undefined, nowMs: number): Lease | undefined {
    const own = this.#byOwner.get(owner);
    if (own !== undefined) return own;
    const number = wanted !== undefined && this.#isFree(wanted, nowMs) ? wanted : this.#free(nowMs);
    return number === undefined ? undefined : this.#give(owner, number);
  }

  release(owner: string): void {
    const lease = this.#byOwner.get(owner);
    if (lease !== undefined) lease.untilMs = 0;
  }

  /** Takes a number out of use for a while: somebody else was seen to have it. */
  decline(owner: string, untilMs: number): void {
    const lease = this.#byOwner.get(owner);
    if (lease === undefined) return;
    this.#byOwner.delete(owner);
    this.#byNumber.set(lease.number, { ...lease, owner: "", untilMs });
  }

  #isFree(number: number, nowMs: number): boolean {
    const lease = this.#byNumber.get(number);
    return number >= 0 && number < this.#count && (lease === undefined || lease.untilMs <= nowMs);
  }

  #free(nowMs: number): number | undefined {
    while (this.#next < this.#count && this.#byNumber.has(this.#next)) this.#next++;
    if (this.#next < this.#count) return this.#next;
    let oldest: Lease | undefined;
    for (const lease of this.#byNumber.values())
      if (lease.untilMs <= nowMs && (oldest === undefined || lease.untilMs < oldest.untilMs)) oldest = lease;
    return oldest?.number;
  }

  #give(owner: string, number: number): Lease {
    const before = this.#byNumber.get(number);
    if (before !== undefined) this.#byOwner.delete(before.owner);
    const lease = { owner, number, name: "", untilMs: 0 };
    this.#byOwner.set(owner, lease);
    this.#byNumber.set(number, lease);
    return lease;
  }
}
