// Tells of each frame that leaves a wire, for a lamp or a monitor: one Unix datagram, "cable7 LR 44". Nobody has to listen,
// and who does not read misses some.

import type { Filter } from "../../host/wire/filter.js";
import { DIRECTIONS } from "../../host/wire/value.js";
import { MSG_DONTWAIT, MSG_NOSIGNAL, SOCK_DGRAM, sendTo, sockaddrUn, unixSocket } from "../native/socket.js";

/** Who blinks, where nobody says: the process id in six digits. */
export function usualId(): string {
  return String(process.pid).padStart(6, "0");
}

export function blink(filter: Filter, path: string, id: string, isMono: boolean): void {
  const fd = unixSocket(SOCK_DGRAM);
  const address = sockaddrUn(path);
  for (const channel of filter.channels) {
    const way = isMono ? "--" : DIRECTIONS[channel.direction];
    channel.onleave = (octets) =>
      sendTo(fd, Buffer.from(`${id} ${way} ${octets}\n`), MSG_DONTWAIT | MSG_NOSIGNAL, address);
  }
}
