// Connections that have not said what they want. They cost a descriptor each, so they are few, and none lasts: where
// there are too many the oldest goes, so that whoever comes next and speaks is served, whatever a flood may do.

/** A connection that is waited for. */
export interface Waiting {
  /** Whose it is: a user, an address. */
  readonly owner: number | string;
  /** Closes the connection; it must also remove it here. */
  drop(why: string): void;
}

export interface HalfOpenLimits {
  readonly perOwner: number;
  readonly inAll: number;
  readonly deadlineMs: number;
}

export class HalfOpen {
  readonly #limits: HalfOpenLimits;
  readonly #timers = new Map<Waiting, NodeJS.Timeout>();
  readonly #silent = new Set<Waiting>();
  readonly #silentOf = new Map<number | string, Set<Waiting>>();

  constructor(limits: HalfOpenLimits) {
    this.#limits = limits;
  }

  /**
   * Waits for a connection. It counts once the event loop has been round: before that, what it has said already may not
   * have been read, and a flood would push out who has spoken.
   */
  add(one: Waiting): void {
    const { deadlineMs } = this.#limits;
    const timer = setTimeout(() => one.drop(`it asked for nothing in ${deadlineMs} ms`), deadlineMs);
    this.#timers.set(one, timer);
    setImmediate(() => setImmediate(() => this.#count(one)));
  }

  /** It has spoken, or is gone. */
  remove(one: Waiting): void {
    clearTimeout(this.#timers.get(one));
    this.#timers.delete(one);
    this.#silent.delete(one);
    const own = this.#silentOf.get(one.owner);
    own?.delete(one);
    if (own?.size === 0) this.#silentOf.delete(one.owner);
  }

  #count(one: Waiting): void {
    if (!this.#timers.has(one)) return;
    const own = this.#silentOf.get(one.owner) ?? new Set();
    this.#silentOf.set(one.owner, own.add(one));
    this.#silent.add(one);
    const { perOwner, inAll } = this.#limits;
    if (own.size > perOwner)
      oldest(own).drop(`it asked for nothing, and more than ${perOwner} of its connections do so`);
    else if (this.#silent.size > inAll) oldest(this.#silent).drop(`it asked for nothing, and more than ${inAll} do so`);
  }
}

/** A set keeps the order in which its members came. */
function oldest(set: ReadonlySet<Waiting>): Waiting {
  const [first] = set;
  return first!;
}
