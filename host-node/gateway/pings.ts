// Pings to the world, where the kernel lets this user send them.

import { reactor } from "../cable/reactor.js";
import { EPOLLIN } from "../native/epoll.js";
import { close } from "../native/libc.js";
import { isPingAnswered, sendPing } from "../native/ping.js";

const ANSWER_MS = 5_000;

/** Sends one, and says once whether it was answered. */
export function ping(host: string, data: Uint8Array, answered: (isAnswered: boolean) => void): void {
  let fd: number;
  try {
    fd = sendPing(host, data);
  } catch {
    answered(false);
    return;
  }
  const done = (isAnswered: boolean) => {
    clearTimeout(timer);
    reactor().forget(fd);
    close(fd);
    answered(isAnswered);
  };
  const timer = setTimeout(() => done(false), ANSWER_MS).unref();
  reactor().watch(fd, EPOLLIN, () => done(isPingAnswered(fd)));
}
