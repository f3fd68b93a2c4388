// poll(2), for one descriptor: whether it takes something now.

import { bind } from "./libc.js";

const POLLOUT = 0x4;
const cPoll = bind<[Uint8Array, number, number]>("int poll(void *fds, unsigned long count, int timeout)");

/** Whether a write of up to 4,096 octets would not have to wait. True too where it would fail. */
export function isWritable(fd: number): boolean {
  const request = new Uint8Array(8); // struct pollfd: int fd, short events, short revents
  const view = new DataView(request.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLOUT, true);
  return cPoll(request, 1, 0) > 0;
}
