// Who was given which address, and until when. A guest keeps its address as long as nobody else needs it. A lease belongs to
// who sent the frame that asked for it: whatever names a message has in it, nobody has more than a few, or ends another's.

/** Who asks: the hardware address that its frames come from, and what it calls itself. */
export interface Client {
  readonly source: string;
  readonly id: string;
}

export interface Lease extends Client {
  readonly number: number;
  name: string;
  untilMs: number;
  /** Whether it was asked for, after it was offered. */
  isTaken: boolean;
}

/** Of one hardware address, which a machine that boots in several steps takes under several names. */
const PER_SOURCE = 8;
/** Numbers that one hardware address has said are somebody else's. */
const DECLINED_PER_SOURCE = 8;
/** The source of what is out of use. */
const NOBODY = "";

export class Leases {
  readonly #count: number;
  readonly #byClient = new Map<string, Lease>();
  readonly #byNumber = new Map<number, Lease>();
  readonly #bySource = new Map<string, Set<Lease>>();
  /** Out of use, by who said so; the oldest first. */
  readonly #declined = new Map<string, Lease[]>();
  /** Where to look first for a number that nobody has had. */
  #next = 0;

  constructor(count: number) {
    this.#count = count;
  }

  list(nowMs: number): readonly Lease[] {
    const isLeased = ({ source, untilMs }: Lease) => source !== NOBODY && untilMs > nowMs;
    return [...this.#byNumber.values()].filter(isLeased).sort((a, b) => a.number - b.number);
  }

  of(client: Client): Lease | undefined {
    return this.#byClient.get(keyOf(client));
  }

  /** The hardware address that has a number. */
  holder(number: number, nowMs: number): string | undefined {
    const lease = this.#byNumber.get(number);
    const isHeld = lease?.isTaken === true && lease.source !== NOBODY && lease.untilMs > nowMs;
    return isHeld ? lease.source : undefined;
  }

  /** A number for a client: its own, the one that it wants, a new one, or the one that ran out first. */
  offer(client: Client, wanted: number | undefined, nowMs: number): Lease | undefined {
    const own = this.of(client);
    if (own !== undefined) return own;
    const number = this.#ownOldest(client, nowMs) ?? this.#freeOr(wanted, client, nowMs);
    return number === undefined ? undefined : this.#give(client, number);
  }

  /** Ends a lease of who has it, and of nobody else; of another number than it has where `number` says so, not. */
  release(client: Client, number?: number): Lease | undefined {
    const lease = this.of(client);
    if (lease === undefined || (number !== undefined && number !== lease.number)) return undefined;
    lease.untilMs = 0;
    lease.isTaken = false;
    return lease;
  }

  /** Takes a number out of use for a while: its client has seen somebody else with it. */
  decline(client: Client, number: number | undefined, untilMs: number): boolean {
    const lease = this.of(client);
    if (lease === undefined || lease.number !== number) return false;
    this.#forget(lease);
    const all = this.#declined.get(client.source) ?? [];
    const declined = { ...lease, source: NOBODY, id: "", untilMs, isTaken: true };
    this.#byNumber.set(lease.number, declined);
    this.#declined.set(client.source, [...all, declined].slice(-DECLINED_PER_SOURCE));
    if (all.length >= DECLINED_PER_SOURCE) end(all[0]!);
    if (this.#declined.size > this.#count) this.#declined.delete(this.#declined.keys().next().value!);
    return true;
  }

  /** Takes a number out of use, but for a hardware address that uses it without a lease. */
  withhold(lease: Lease, untilMs: number, user = ""): void {
    this.#forget(lease);
    this.#byNumber.set(lease.number, { ...lease, source: NOBODY, id: user, untilMs, isTaken: true });
  }

  /** Of a hardware address that has enough, the number that it needs least. */
  #ownOldest({ source }: Client, nowMs: number): number | undefined {
    const own = [...(this.#bySource.get(source) ?? [])].filter(({ untilMs }) => untilMs > nowMs);
    if (own.length < PER_SOURCE) return undefined;
    return own.reduce((a, b) => (b.untilMs < a.untilMs ? b : a)).number;
  }

  #freeOr(wanted: number | undefined, client: Client, nowMs: number): number | undefined {
    return wanted !== undefined && this.#isFree(wanted, client, nowMs) ? wanted : this.#free(nowMs);
  }

  #isFree(number: number, client: Client, nowMs: number): boolean {
    const lease = this.#byNumber.get(number);
    const isUser = lease?.source === NOBODY && lease.id === client.source;
    return number >= 0 && number < this.#count && (lease === undefined || lease.untilMs <= nowMs || isUser);
  }

  /** One that nobody has had, that ran out first, or that was offered first and not asked for yet. */
  #free(nowMs: number): number | undefined {
    while (this.#next < this.#count && this.#byNumber.has(this.#next)) this.#next++;
    if (this.#next < this.#count) return this.#next;
    let oldest: Lease | undefined;
    for (const lease of this.#byNumber.values()) {
      const mayGo = lease.untilMs <= nowMs || (!lease.isTaken && Number.isFinite(lease.untilMs));
      if (mayGo && (oldest === undefined || lease.untilMs < oldest.untilMs)) oldest = lease;
    }
    return oldest?.number;
  }

  #give(client: Client, number: number): Lease {
    const before = this.#byNumber.get(number);
    if (before !== undefined) this.#forget(before);
    const lease = { ...client, number, name: "", untilMs: 0, isTaken: false };
    this.#byClient.set(keyOf(client), lease);
    this.#byNumber.set(number, lease);
    const all = this.#bySource.get(client.source) ?? new Set();
    this.#bySource.set(client.source, all.add(lease));
    return lease;
  }

  #forget(lease: Lease): void {
    const { source } = lease;
    if (this.#byClient.get(keyOf(lease)) === lease) this.#byClient.delete(keyOf(lease));
    const all = this.#bySource.get(source);
    all?.delete(lease);
    if (all?.size === 0) this.#bySource.delete(source);
  }
}

function end(lease: Lease): void {
  lease.untilMs = 0;
}

function keyOf({ source, id }: Client): string {
  return `${source} ${id}`;
}
