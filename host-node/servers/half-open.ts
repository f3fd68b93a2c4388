// Connections that have not said what they want. They cost a descriptor each, so they are few, and none lasts: where
// there are too many the oldest goes, so that whoever comes next and speaks is served, whatever a flood may do.

/** A connection that is waited for. */
export interface Waiting {
  readonly uid: number;
  /** Closes the connection; it must also remove it here. */
  drop(why: string): void;
}

export interface HalfOpenLimits {
  readonly perUser: number;
  readonly inAll: number;
  readonly deadlineMs: number;
}

export class HalfOpen {
  readonly #limits: HalfOpenLimits;
  readonly #timers = new Map<Waiting, NodeJS.Timeout>();
  readonly #silent = new Set<Waiting>();
  readonly #silentOfUser = new Map<number, Set<Waiting>>();

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
    const own = this.#silentOfUser.get(one.uid);
    own?.delete(one);
    if (own?.size === 0) this.#silentOfUser.delete(one.uid);
  }

  #count(one: Waiting): void {
    if (!this.#timers.has(one)) return;
    const own = this.#silentOfUser.get(one.uid) ?? new Set();
    this.#silentOfUser.set(one.uid, own.add(one));
    this.#silent.add(one);
    const { perUser, inAll } = this.#limits;
    if (own.size > perUser) oldest(own).drop(`it asked for nothing, and more than ${perUser} of its connections do so`);
    else if (this.#silent.size > inAll) oldest(this.#silent).drop(`it asked for nothing, and more than ${inAll} do so`);
  }
}

/** A set keeps the order in which its members came. */
function oldest(set: ReadonlySet<Waiting>): Waiting {
  const [first] = set;
  return first!;
}
