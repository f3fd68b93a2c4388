// What became of a datagram, from the words of the kernel into those of the gateway.

import type { Fault } from "../../host/slirp/backend.js";
import { receiveError, type SocketError } from "../native/udp.js";

const LOCAL = 1;
const ICMP = 2;
/** Errors that are taken in one go. */
const BATCH = 64;

/** By type and code, for each of the two ICMPs. */
const ICMP_4: Readonly<Record<string, Fault["reason"]>> = {
  ...{ "3 0": "network", "3 1": "host", "3 2": "protocol", "3 3": "port", "3 4": "size", "3 5": "network" },
  ...{ "3 6": "network", "3 7": "host", "3 9": "forbidden", "3 10": "forbidden", "3 11": "network", "3 12": "host" },
  ...{ "3 13": "forbidden", "11 0": "hops" },
};
const ICMP_6: Readonly<Record<string, Fault["reason"]>> = {
  ...{ "1 0": "network", "1 1": "forbidden", "1 3": "host", "1 4": "port", "2 0": "size", "3 0": "hops" },
  "4 1": "protocol",
};
const ERRNO: Readonly<Record<number, Fault["reason"]>> = {
  1: "forbidden", // EPERM
  13: "forbidden", // EACCES
  101: "network", // ENETUNREACH
  111: "port", // ECONNREFUSED
  113: "host", // EHOSTUNREACH
};
const EMSGSIZE = 90;

/** By an errno alone, as a call that sends gives it. */
export function faultOf(errno: number): Fault | undefined {
  const reason = ERRNO[errno];
  return reason && { reason };
}

function read({ errno, origin, type, code, info, by }: SocketError): Fault | undefined {
  if (origin === LOCAL) return errno === EMSGSIZE ? { reason: "size", mtu: info } : faultOf(errno);
  const reason = (origin === ICMP ? ICMP_4 : ICMP_6)[`${type} ${code}`];
  if (reason === undefined) return undefined;
  return { reason, ...(reason === "size" && { mtu: info }), ...(by !== "" && { by }) };
}

/** Takes what waits in a socket's queue of errors. */
export function takeFaults(fd: number, failed: (fault: Fault, host: string, port: number) => void): void {
  for (let i = 0; i < BATCH; i++) {
    const error = receiveError(fd);
    if (error === undefined) return;
    const fault = read(error);
    if (fault !== undefined) failed(fault, error.host, error.port);
  }
}
