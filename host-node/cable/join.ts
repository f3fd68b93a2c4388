// Joins two ends of a cable, of whatever kind they are.

import { pump } from "./pump.js";
import { isSide, type Opened } from "./side.js";

/** Joins two ends until one of them is gone, or `stop` fires, and closes both. Throws why an end failed. */
export async function join(left: Opened, right: Opened, stop: AbortSignal): Promise<void> {
  if (!isSide(left) || !isSide(right)) {
    const [{ joinLinks }, { linkOf }] = await Promise.all([import("./join-links.js"), import("./link.js")]);
    return await joinLinks(linkOf(left), linkOf(right), stop);
  }
  try {
    await pump(left, right, stop);
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}
