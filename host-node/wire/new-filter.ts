// A filter on Node's time, with a seed of chance's where none is given.

import { randomInt } from "node:crypto";
import { Filter } from "../../host/wire/filter.js";
import { nodeClock } from "../clock.js";

const SEED_LIMIT = 2 ** 32;

export function newFilter(seed = randomInt(SEED_LIMIT)): Filter {
  return new Filter({ seed, now: () => nodeClock.now() });
}
