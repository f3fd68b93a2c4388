// Pings to the world, where the kernel lets this user send them.

import type { Fault } from "../../host/slirp/backend.js";
import { reactor } from "../cable/reactor.js";
import { EPOLLIN } from "../native/epoll.js";
import { close, SystemCallError } from "../native/libc.js";
import { isPingAnswered, requireRoute, sendPing } from "../native/ping.js";
import type { Lease } from "../resources/account.js";
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

/** Sends one, and says once whether it was answered, or why it did not arrive. Nothing is sent without a lease. */
export function ping(
  lease: Lease | undefined,
  host: string,
  data: Uint8Array,
  answered: (outcome: boolean | Fault) => void,
  hops?: number,
): void {
  const fd = lease && tryPing(host, data, hops);
  if (lease === undefined || fd === undefined) {
    answered(lease === undefined ? false : (routeFault(host) ?? false));
    lease?.release();
    return;
  }
  const done = (outcome: boolean | Fault) => {
    clearTimeout(timer);
    reactor().forget(fd);
    close(fd);
    lease.release();
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

function tryPing(host: string, data: Uint8Array, hops?: number): number | undefined {
  try {
    return sendPing(host, data, hops);
  } catch {
    return undefined;
  }
}
