// Watches the thread of the core from outside. Its loop raises a number with each thing that it does, once a second at the least,
// and notes what it is. It is stuck where it is awake, the number stands still, and the thread burns a processor over it or
// sleeps in a system call that does not return. A thread that is only kept from running is not: a machine may be busy, and a
// process stopped, suspended or in a debugger. So seconds are counted in looks, of which there are none meanwhile.

import { url as debuggerUrl } from "node:inspector";
import * as abi from "../../assembly/abi.js";
import { statFields } from "../proc-stat.js";

export const WATCHDOG_S = 10;

const LOOK_MS = 1_000;
/** A thread that sleeps where it should not has so many times longer: disks and devices take their time. */
const ASLEEP_TIMES = 6;
/** USER_HZ, which is the same on every Linux that Node runs on. */
const TICKS_PER_S = 100;
const BLOCKED = ["S", "D"];

const word = (field: number): number => (abi.CONFIG + field) >>> 2;

/** What the loop is about, by its code. */
const DOING: ReadonlyMap<number, string> = new Map([
  [abi.DOING_SLEEP, "waiting for something to do"],
  [abi.DOING_READ, "reading frames"],
  [abi.DOING_SEND, "sending frames"],
  [abi.DOING_ANSWER, "answering a call"],
  [abi.DOING_LINKS, "taking what links bring"],
  [abi.DOING_TICK, "tending spanning trees and old addresses"],
]);

/** What a thread has used and how it is, as proc(5) says. */
interface Thread {
  readonly state: string;
  readonly usedS: number;
}

/** Undefined where it cannot be read: there may be no descriptor left to do so. */
function threadOf(id: number): Thread | undefined {
  try {
    const fields = statFields(`self/task/${id}`);
    return { state: fields[0] ?? "", usedS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S };
  } catch {
    return undefined;
  }
}

export class Watchdog {
  readonly #words: Uint32Array;
  readonly #octets: DataView;
  readonly #limitS: number;
  readonly #onstuck: (why: string) => void;
  readonly #timer: NodeJS.Timeout;
  #beat = -1;
  #looks = 0;
  #usedS = 0;

  /** With a limit of 0 it never says that anything is stuck. */
  constructor(memory: SharedArrayBuffer, limitS: number, onstuck: (why: string) => void) {
    this.#words = new Uint32Array(memory);
    this.#octets = new DataView(memory);
    this.#limitS = limitS;
    this.#onstuck = onstuck;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
  }

  /** In words, what the loop does at the moment. */
  get doing(): string {
    const doing = this.#words[word(abi.CONFIG_DOING)]!;
    const [code, endpoint] = [doing >>> 16, doing & 0xffff];
    const port = this.#octets.getUint16(abi.ENDPOINTS + endpoint * abi.ENDPOINT_SIZE + abi.ENDPOINT_PORT, true);
    const where = endpoint === 0 ? "" : ` of endpoint ${endpoint} in port ${port}`;
    return `${DOING.get(code) ?? `doing ${code}`}${where}`;
  }

  /** Once a second: by itself, or by who waits for the thread meanwhile. */
  look(): void {
    const beat = this.#words[word(abi.CONFIG_BEAT)]!;
    const isAsleep = this.#words[word(abi.CONFIG_DOING)]! >>> 16 === abi.DOING_SLEEP;
    if (beat !== this.#beat || isAsleep || this.#limitS === 0) {
      this.#beat = beat;
      this.#looks = 0;
      return;
    }
    const thread = threadOf(this.#words[word(abi.CONFIG_THREAD)]!);
    if (thread === undefined) return; // this look does not count
    if (this.#looks++ === 0) this.#usedS = thread.usedS;
    else if (this.#looks > this.#limitS && this.#isStuck(thread)) this.#tell();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Half of the limit, so that a machine that is twice as busy as it can be hears of it no later. */
  #isStuck({ state, usedS }: Thread): boolean {
    if (debuggerUrl() !== undefined) return false;
    if (usedS - this.#usedS >= this.#limitS / 2) return true;
    return BLOCKED.includes(state) && this.#looks > ASLEEP_TIMES * this.#limitS;
  }

  #tell(): void {
    this.stop();
    this.#onstuck(`the data plane is stuck: for ${this.#looks} seconds it has been ${this.doing}`);
  }
}
