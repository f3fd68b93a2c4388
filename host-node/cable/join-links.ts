// Joins two links frame by frame, where one of them is no pair of descriptors.

import type { Link } from "../../host/link.js";

/** Joins two links until one of them is gone, or `stop` fires, and closes both. */
export function joinLinks(left: Link, right: Link, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (reason?: Error) => {
      if (isOver) return; // closing the other link ends it, too, and for no reason
      isOver = true;
      left.close();
      right.close();
      if (reason) reject(reason);
      else resolve();
    };
    for (const [link, other] of [
      [left, right],
      [right, left],
    ] as const) {
      link.onframe = (frame) => void other.send(frame);
      link.onclose = end;
    }
    if (stop.aborted) end();
    else stop.addEventListener("abort", () => end(), { once: true });
  });
}
