// The one place that looks into a socket of node:net for its descriptor, which Node has no public name for.

import type { Server, Socket } from "node:net";

/** The descriptor of a connection or a server, or -1 where it is closed already. */
export function descriptorOf(socket: Socket | Server): number {
  const { _handle } = socket as unknown as { _handle?: { fd?: number } | null };
  return _handle?.fd ?? -1;
}
