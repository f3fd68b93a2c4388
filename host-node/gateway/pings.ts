// Pings to the world, where the kernel lets this user send them.

import type { Fault } from "../../host/slirp/backend.js";
import { reactor } from "../cable/reactor.js";
import { EPOLLIN } from "../native/epoll.js";
import { close, SystemCallError } from "../native/libc.js";
import { isPingAnswered, requireRoute, sendPing } from "../native/ping.js";
import { faultOf, takeFaults } from "./faults.js";

const ANSWER_MS = 5_000;

/** That there is no way to a host; undefined where there is one, and its user may not ping. */
function routeFault(host: string): Fault | undefined {
  try {
    requireRoute(host);
    return undefined;
  } catch (error) {
    return error instanceof SystemCallError ? faultOf(error.errno) : undefined;
  }
}

/** Sends one, and says once whether it was answered, or why it did not arrive. */
export function ping(
  host: string,
  data: Uint8Array,
  answered: (outcome: boolean | Fault) => void,
  hops?: number,
): void {
  let fd: number;
  try {
    fd = sendPing(host, data, hops);
  } catch {
    answered(routeFault(host) ?? false);
    return;
  }
  const done = (outcome: boolean | Fault) => {
    clearTimeout(timer);
    reactor().forget(fd);
    close(fd);
    answered(outcome);
  };
  const timer = setTimeout(() => done(false), ANSWER_MS).unref();
  reactor().watch(fd, EPOLLIN, () => {
    let fault: Fault | undefined;
    takeFaults(fd, (each) => {
      fault ??= each;
    });
    done(fault ?? isPingAnswered(fd));
  });
}
