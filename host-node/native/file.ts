// What Node cannot do with files: a lock that ends with its holder, and how many may be open.

import { bind, check, errno } from "./libc.js";

const LOCK_EX = 2;
const LOCK_NB = 4;
const EWOULDBLOCK = 11;
const RLIMIT_NOFILE = 7;

const cFlock = bind<[number, number]>("int flock(int fd, int operation)");
const cGetrlimit = bind<[number, Uint8Array]>("int getrlimit(int resource, void *limit)");

/** Takes the lock of an open file or directory, and says whether it got it. It ends when `fd` is closed, however. */
export function lock(fd: number): boolean {
  const result = cFlock(fd, LOCK_EX | LOCK_NB);
  if (result < 0 && errno() === EWOULDBLOCK) return false;
  check(result, "flock");
  return true;
}

/** How many descriptors this process may have. The kernel always gives the lowest that is free. */
export function descriptorLimit(): number {
  const limit = new BigUint64Array(2);
  check(cGetrlimit(RLIMIT_NOFILE, new Uint8Array(limit.buffer)), "getrlimit");
  return Number(limit[0]);
}
