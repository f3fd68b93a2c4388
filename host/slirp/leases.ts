// Who was given which address, and until when. A guest keeps its address as long as nobody else needs it. A lease belongs to
// who sent the frame that asked for it: whatever names a message has in it, nobody has more than a few, or ends another's.

import { ANSWER_MS } from "./neighbours.js";

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
  /** Whether it waits for an answer of its user. */
  readonly isAsked?: boolean;
}

/** The hardware address of another guest that uses a number, as far as is known: who may be there is asked. */
export type UserOf = (number: number) => string | undefined;

/** Of one hardware address, which a machine that boots in several steps takes under several names. */
const PER_SOURCE = 8;
/** Numbers that one hardware address has said are somebody else's. */
const DECLINED_PER_SOURCE = 8;
/** Numbers that are kept from others for a hardware address that uses them without a lease. */
const KEPT_PER_USER = 8;
/** A little longer than a guest has to answer. */
const KEPT_MS = ANSWER_MS + 1_000;
/** Numbers that are looked at for one message: each may be asked for. */
const TRIES = 32;
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

  /** `reserved` are numbers of which none is ever offered. */
  constructor(count: number, reserved: readonly number[]) {
    this.#count = count;
    for (const number of reserved) this.#takeOut(number, { id: "", untilMs: Number.POSITIVE_INFINITY });
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

  /**
   * A lease for a client: the one it holds, or a new one. Addresses in use by other guests, who may have set them by hand, are
   * not offered (RFC 2131, 4.4.1; RFC 8415, 18.3.1). Undefined if no address is known to be free.
   */
  offer(client: Client, wanted: number | undefined, nowMs: number, userOf: UserOf): Lease | undefined {
    for (let tries = 0; tries < TRIES; tries++) {
      const own = this.of(client);
      if (own?.isTaken && own.untilMs > nowMs) return own;
      const number = own?.number ?? this.#ownOldest(client, nowMs) ?? this.#freeOr(wanted, client, nowMs);
      if (number === undefined) return undefined;
      const user = userOf(number);
      if (user === undefined || !this.#keep(number, user, nowMs)) return own ?? this.#give(client, number);
    }
    return undefined;
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
    const all = this.#declined.get(client.source) ?? [];
    const declined = this.#takeOut(lease.number, { id: "", untilMs });
    this.#declined.set(client.source, [...all, declined].slice(-DECLINED_PER_SOURCE));
    if (all.length >= DECLINED_PER_SOURCE) end(all[0]!);
    if (this.#declined.size > this.#count) this.#declined.delete(this.#declined.keys().next().value!);
    return true;
  }

  /**
   * Keeps a number from others for its user. False where that has enough of them. When the time is over, a number whose user
   * was asked comes before all others, and one whose user was there again comes after them.
   */
  #keep(number: number, user: string, nowMs: number): boolean {
    const isKept = ({ source, id, untilMs }: Lease) => source === NOBODY && id === user && untilMs > nowMs;
    if ([...this.#byNumber.values()].filter(isKept).length >= KEPT_PER_USER) return false;
    const isAsked = this.#byNumber.get(number)?.isAsked !== true;
    this.#takeOut(number, { id: user, untilMs: nowMs + KEPT_MS, isAsked });
    return true;
  }

  #takeOut(number: number, how: Pick<Lease, "id" | "untilMs" | "isAsked">): Lease {
    const before = this.#byNumber.get(number);
    if (before !== undefined) this.#forget(before);
    const lease = { ...how, source: NOBODY, number, name: "", isTaken: true };
    this.#byNumber.set(number, lease);
    return lease;
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

  /** One that nobody has had, whose user did not answer, that ran out first, or that was offered first and not asked for yet. */
  #free(nowMs: number): number | undefined {
    while (this.#next < this.#count && this.#byNumber.has(this.#next)) this.#next++;
    if (this.#next < this.#count) return this.#next;
    const order = ({ isAsked, untilMs }: Lease) => (isAsked ? Number.NEGATIVE_INFINITY : untilMs);
    let first: Lease | undefined;
    for (const lease of this.#byNumber.values()) {
      const mayGo = lease.untilMs <= nowMs || !lease.isTaken;
      if (mayGo && (first === undefined || order(lease) < order(first))) first = lease;
    }
    return first?.number;
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
