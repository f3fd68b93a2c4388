// The one place that looks into a node:net socket for its descriptor, which Node has no public name for.

import type { Socket } from "node:net";

/** The descriptor of a connected socket, or -1 where it is closed already. */
export function descriptorOf(socket: Socket): number {
  const { _handle } = socket as unknown as { _handle?: { fd?: number } | null };
  return _handle?.fd ?? -1;
}
