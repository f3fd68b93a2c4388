// Joins two ends of a cable, of whatever kind they are.

import type { Link } from "../../host/link.js";
import { SideLink } from "./link.js";
import { pump } from "./pump.js";
import type { Side } from "./side.js";

/** What a transport opens: descriptors that frames are read from in batches, or a link that brings them one by one. */
export type Opened = Side | Link;

export function isSide(opened: Opened): opened is Side {
  return "batch" in opened;
}

/** As a Link, in either case. */
export function linkOf(opened: Opened): Link {
  return isSide(opened) ? new SideLink(opened) : opened;
}

/** Joins two ends until one of them is gone, or `stop` fires, and closes both. Throws why an end failed. */
export async function join(left: Opened, right: Opened, stop: AbortSignal): Promise<void> {
  if (!isSide(left) || !isSide(right)) return await joinLinks(linkOf(left), linkOf(right), stop);
  try {
    await pump(left, right, stop);
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

function joinLinks(left: Link, right: Link, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (reason?: Error) => {
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
