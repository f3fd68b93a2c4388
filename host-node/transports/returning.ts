// An end of a cable that comes back: where its other end is gone it is opened again, at once and then after longer and
// longer waits. What is sent meanwhile is lost, as on a cable that was pulled out.

import type { Link } from "../../host/link.js";
import { comingBack, Outage } from "../../host/reconnect.js";
import { isFinal, Retry, type RetryOptions } from "../../host/retry.js";
import { Batch } from "../cable/batch.js";
import { linkOf } from "../cable/link.js";
import { finishAll } from "../cable/offload.js";
import { ENDED, isSide, type Opened, type Side } from "../cable/side.js";
import { chance } from "../chance.js";
import { eventfd } from "../native/epoll.js";
import { close } from "../native/libc.js";
import { reason } from "../reason.js";
import { exactClock } from "../wire/exact-clock.js";

/** Longer than any deadline of opening: a pump sleeps where Node's own timers do not wake it. */
const WAKE_MS = 6_000;

export interface Returning {
  /** What people know it by. */
  readonly name: string;
  /** Opens it again, with what was lost to take after. */
  readonly again: (lost: Opened) => Promise<Opened>;
  /** Takes a line for people: that it is gone, and that it is back. */
  readonly warn: (text: string) => void;
  /** It is tried no later than this after it was tried last. */
  readonly lastMs: number;
}

/** What was opened, and is opened again from now on. */
export function returning(first: Opened, plan: Returning): Opened {
  return isSide(first) ? new ReturningSide(first, plan) : asLink(first, plan);
}

/** By timers that wake a pump, and hold the program up: while it waits there may be nothing else that does. */
function retryOptions({ lastMs }: Returning): RetryOptions {
  return { clock: exactClock(), chance, lastMs };
}

function outageOf({ name, warn }: Returning): Outage {
  return new Outage((text) => warn(`${name}: ${text}`), reason);
}

function asLink(first: Opened, plan: Returning): Link {
  const outage = outageOf(plan);
  let last = first;
  const again = async () => {
    last = await plan.again(last);
    return linkOf(last);
  };
  const ontold = (isUp: boolean, why?: Error, wasGood?: boolean) =>
    isUp ? outage.over() : outage.begins(why, wasGood);
  return comingBack(linkOf(first), again, { ...retryOptions(plan), ontold });
}

class ReturningSide implements Side {
  readonly name: string;
  readonly heads: boolean;
  onend: Side["onend"] = () => {};
  readonly #plan: Returning;
  readonly #retry: Retry;
  readonly #outage: Outage;
  /** Stands in for its descriptors while it is away: has nothing to read, and takes all. */
  readonly #idle = eventfd();
  readonly #nothing = new Batch(1);
  #last: Side;
  /** What there is of it; nothing while it is away. */
  #side: Side | undefined;
  #isOpen = true;

  constructor(first: Side, plan: Returning) {
    this.name = first.name;
    this.heads = first.heads ?? false;
    this.#plan = plan;
    this.#retry = new Retry(retryOptions(plan));
    this.#outage = outageOf(plan);
    this.#last = first;
    this.#use(first);
  }

  get input(): number {
    return this.#side?.input ?? this.#idle;
  }

  get output(): number {
    return this.#side?.output ?? this.#idle;
  }

  get batch(): Batch {
    return this.#side?.batch ?? this.#nothing;
  }

  get isHeld(): boolean {
    return this.#side?.isHeld ?? false;
  }

  get holdsMore(): boolean {
    return this.#side?.holdsMore ?? false;
  }

  read(): number {
    const side = this.#side;
    const count = side?.read() ?? 0;
    if (count === ENDED && side !== undefined) this.#lose(side);
    return Math.max(0, count);
  }

  write(batch: Batch): number {
    const side = this.#side;
    if (side !== undefined && this.heads && side.heads !== true) finishAll(batch);
    if (side?.write(batch) === ENDED) this.#lose(side);
    if (this.#side === undefined) batch.first = batch.count;
    return 0;
  }

  unread(): number {
    return this.#side?.unread() ?? 0;
  }

  /** As a link, in place of this: for who takes frames one by one. */
  toLink(): Link {
    const first = this.#last;
    this.#letGo();
    return asLink(first, this.#plan);
  }

  async close(): Promise<void> {
    const side = this.#side;
    this.#letGo();
    await side?.close();
  }

  #letGo(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#retry.stop();
    this.#side = undefined;
    close(this.#idle);
  }

  #use(side: Side): void {
    this.#last = side;
    this.#side = side;
    this.#retry.up();
    side.onend = (why) => this.#lose(side, why);
    if (side.isOver) this.#lose(side);
  }

  #lose(side: Side, why?: Error): void {
    if (this.#side !== side) return;
    this.#side = undefined;
    void side.close();
    this.#outage.begins(why, this.#retry.down());
    this.#again(why);
  }

  #again(why: unknown): void {
    if (!this.#isOpen) return;
    if (isFinal(why)) this.onend(why);
    else this.#retry.again(() => void this.#open());
  }

  async #open(): Promise<void> {
    const callOff = exactClock().after(WAKE_MS, () => {});
    try {
      const opened = await this.#plan.again(this.#last);
      if (!this.#isOpen || !isSide(opened)) return void opened.close();
      this.#use(opened);
      if (this.#side !== undefined) this.#outage.over();
    } catch (error) {
      this.#again(error);
    } finally {
      callOff();
    }
  }
}
