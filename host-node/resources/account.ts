// An account of something that a process has little of. Whoever wants some takes it here first, for a purpose and on
// somebody's behalf, and is admitted or refused with a reason; so it is known who has how much, and nobody can have all.

import { refuse } from "../../host/errors.js";
import type { Shortage } from "./shortage.js";

/**
 * On whose behalf: the operator may use the last one but a few; clients that were let in leave the operator's reserve; guests, and
 * whoever else is only carried, leave the clients' reserve as well, and share what is left.
 */
export type Standing = "operator" | "client" | "guest";

export interface AccountOptions<Purpose extends string> {
  /** In the plural, as the console shows it: "descriptors". */
  readonly name: string;
  readonly purposes: Readonly<Record<Purpose, Standing>>;
  /** How many there are. */
  readonly limit: () => number;
  /** How many of them are kept for operators, and how many more for clients. */
  readonly reserve?: (limit: number) => number;
  /** How many nobody may take. The program needs them for moments, such as accepting a connection only to refuse it. */
  readonly spare?: (limit: number) => number;
  /** How many are in use, of which the account may know some only; without it, those that were taken here. */
  readonly inUse?: () => number;
  readonly shortage: Shortage;
}

/** What was taken. It is given back once, however often that is said. */
export interface Lease {
  release(): void;
}

/** Takes one after the other, or nothing: what was taken is given back where a later one is refused. */
export function takeAll(...takes: readonly (() => Lease)[]): Lease[] {
  const leases: Lease[] = [];
  try {
    for (const take of takes) leases.push(take());
    return leases;
  } catch (error) {
    for (const lease of leases) lease.release();
    throw error;
  }
}

interface Use {
  count: number;
  refused: number;
  readonly byOwner: Map<string, number>;
}

/** Below it no owner is told to share: two guests of a small machine would else starve at the first few. */
const SHARE_MIN = 8;

export class Account<Purpose extends string> {
  readonly #options: AccountOptions<Purpose>;
  readonly #uses = new Map<Purpose, Use>();
  /** What guests have, by whose it is, whatever it is for. */
  readonly #shares = new Map<string, number>();
  #taken = 0;

  constructor(options: AccountOptions<Purpose>) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** How many were taken here. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes some. Throws EMFILE where there are none for that purpose, or `owner` has its share. */
  take(purpose: Purpose, owner = "", count = 1): Lease {
    const why = this.#refusal(purpose, owner, count);
    if (why !== undefined) this.#refuse(purpose, owner, why);
    this.#add(purpose, owner, count);
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.#add(purpose, owner, -count);
        isHeld = false;
      },
    };
  }

  /** As `take`, for who has no use for a reason. */
  tryTake(purpose: Purpose, owner = "", count = 1): Lease | undefined {
    try {
      return this.take(purpose, owner, count);
    } catch {
      return undefined;
    }
  }

  /** How many are left for a purpose, whoever wants them. */
  left(purpose: Purpose): number {
    const { purposes, limit, reserve = () => 0, spare = () => 0, inUse = () => this.#taken } = this.#options;
    const all = limit();
    const kept = spare(all) + { operator: 0, client: 1, guest: 2 }[purposes[purpose]] * reserve(all);
    return Math.max(0, all - kept - inUse());
  }

  /** As the console shows it: how many there are, and who has them. */
  *report(): Generator<string> {
    const { name, limit, reserve, inUse = () => this.#taken } = this.#options;
    const all = limit();
    const kept = reserve === undefined ? "" : ` reserve=${reserve(all)}`;
    yield `${name} used=${inUse()}${Number.isFinite(all) ? ` of=${all}` : ""}${kept}`;
    for (const [purpose, { count, refused, byOwner }] of this.#uses) {
      const [owner = "", most = 0] = [...byOwner].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0]);
      yield ` ${purpose} ${count} refused=${refused}${owner === "" ? "" : ` most=${most} of ${owner}`}`;
    }
  }

  /**
   * An owner among guests may have as many as are left free after it: alone a half, one of ten an eleventh. So there is
   * always something for who comes next, and nothing is set aside for those who never come.
   */
  #refusal(purpose: Purpose, owner: string, count: number): string | undefined {
    const left = this.left(purpose);
    const { name, purposes } = this.#options;
    if (left < count && purposes[purpose] === "operator") return `there are no more ${name}`;
    if (left < count) return `the last ${name} are kept for those who manage this program`;
    const has = this.#shares.get(owner) ?? 0;
    if (purposes[purpose] !== "guest" || owner === "" || has + count <= SHARE_MIN) return undefined;
    return has + count > left ? `${owner} has its share of the ${name}: ${has}` : undefined;
  }

  #refuse(purpose: Purpose, owner: string, why: string): never {
    this.#use(purpose).refused++;
    this.#options.shortage.note(`${this.#options.name}: ${purpose}${owner === "" ? "" : ` of ${owner}`} refused`, why);
    return refuse("EMFILE", why);
  }

  #add(purpose: Purpose, owner: string, count: number): void {
    const use = this.#use(purpose);
    use.count += count;
    this.#taken += count;
    if (owner === "") return;
    add(use.byOwner, owner, count);
    if (this.#options.purposes[purpose] === "guest") add(this.#shares, owner, count);
  }

  #use(purpose: Purpose): Use {
    const found = this.#uses.get(purpose) ?? { count: 0, refused: 0, byOwner: new Map() };
    this.#uses.set(purpose, found);
    return found;
  }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  const sum = (counts.get(key) ?? 0) + count;
  if (sum > 0) counts.set(key, sum);
  else counts.delete(key);
}
