// Runs a cable with faults until one of its ends is gone.

import type { Filter } from "../../host/wire/filter.js";
import { wireOf } from "../../host/wire/link.js";
import { joinLinks } from "../cable/join-links.js";
import { linkOf } from "../cable/link.js";
import { pumpWays } from "../cable/pump.js";
import { isSide, type Opened } from "../cable/side.js";
import { wakeOnTime } from "../native/poll.js";
import { exactClock } from "./exact-clock.js";
import { FilteredWay } from "./filtered-way.js";

/** Joins a left and a right end through a filter, and closes both. Without a right end, the left one's input goes to its output. */
export async function runFilter(
  filter: Filter,
  left: Opened,
  right: Opened | undefined,
  stop: AbortSignal,
): Promise<void> {
  const sides = right === undefined ? [left] : [left, right];
  if (!sides.every(isSide)) return await joinLinks(linkOf(left), wireOf(filter, exactClock())(linkOf(right!)), stop);
  const [from, to = from] = sides;
  const ways = [new FilteredWay(from!, to!, filter, 0)];
  if (right !== undefined) ways.push(new FilteredWay(to!, from!, filter, 1));
  wakeOnTime();
  try {
    await pumpWays(sides, ways, stop);
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}
