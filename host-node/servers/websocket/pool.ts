// The memory that what waits for all clients shares. Each may hold an eighth of what is left, so that one that takes
// nothing holds little where many do, and whoever flows finds room (dynamic thresholds, as the core's queues have them).

const POOL = 1 << 26;
const CLIENT_MAX = 1 << 20;
const PART = 8;

export class Pool {
  /** Octets that wait for all clients. */
  used = 0;

  /** Octets that may wait for one. */
  get share(): number {
    return Math.min(CLIENT_MAX, (POOL - this.used) / PART);
  }
}
