// Datagrams of this machine as the gateway wants them. Node's own sockets do not say which datagram did not arrive.

import { isIPv6 } from "node:net";
import type { Datagrams, Failed, Heard } from "../../host/slirp/backend.js";
import { reactor } from "../cable/reactor.js";
import { EPOLLIN } from "../native/epoll.js";
import { close } from "../native/libc.js";
import { hearErrors, openBound, openSocket, receiveDatagram, sendDatagram, setHops } from "../native/udp.js";
import type { Lease } from "../resources/account.js";
import { shortage } from "../resources/process.js";
import { guard } from "../servers/guard.js";
import { faultOf, takeFaults } from "./faults.js";

/** Datagrams that are read in one go: others wait meanwhile. */
const BATCH = 64;
const HOPS = 64;
/** Not now: it is lost, as it may be. */
const EAGAIN = 11;

class NodeDatagrams implements Datagrams {
  readonly #fd: number;
  readonly #family: 4 | 6;
  readonly #heard: Heard;
  readonly #failed: Failed | undefined;
  readonly #lease: Lease | undefined;
  #hops = HOPS;
  #isOpen = true;

  constructor(fd: number, family: 4 | 6, heard: Heard, failed?: Failed, lease?: Lease) {
    this.#fd = fd;
    this.#lease = lease;
    this.#family = family;
    this.#heard = heard;
    this.#failed = failed;
    if (failed !== undefined) hearErrors(fd, family);
    const broken = { destroy: () => this.close() };
    const note = (text: string) => shortage.note("a UDP port of a guest", text);
    reactor().watch(fd, EPOLLIN, () => guard(broken, note, () => this.#read()));
  }

  send(octets: Uint8Array, host: string, port: number, hops = HOPS): void {
    if (!this.#isOpen || port === 0) return;
    if (hops !== this.#hops) setHops(this.#fd, this.#family, hops);
    this.#hops = hops;
    let errno = sendDatagram(this.#fd, octets, host, port);
    if (errno !== 0 && errno !== EAGAIN) errno = sendDatagram(this.#fd, octets, host, port); // the first was an earlier one's
    const fault = faultOf(errno);
    if (fault !== undefined) this.#failed?.(fault, host, port);
  }

  #read(): void {
    if (this.#failed !== undefined) takeFaults(this.#fd, this.#failed);
    for (let i = 0; i < BATCH && this.#isOpen; i++) {
      const received = receiveDatagram(this.#fd);
      if (received === undefined) return;
      this.#heard(received.octets, received.host, received.port);
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    reactor().forget(this.#fd);
    close(this.#fd);
    this.#lease?.release();
  }
}

/** Closes a descriptor that could not be used, and gives its lease back. */
function owned(open: () => number, family: 4 | 6, heard: Heard, failed?: Failed, lease?: Lease): Datagrams {
  let fd: number | undefined;
  try {
    fd = open();
    return new NodeDatagrams(fd, family, heard, failed, lease);
  } catch (error) {
    if (fd !== undefined) close(fd);
    lease?.release();
    throw error;
  }
}

/** A socket of its own port. */
export function openDatagrams(family: 4 | 6, heard: Heard, failed?: Failed, lease?: Lease): Datagrams {
  return owned(() => openSocket(family), family, heard, failed, lease);
}

/** Waits for datagrams at a port. */
export async function bindDatagrams(host = "0.0.0.0", port: number, heard: Heard, lease?: Lease): Promise<Datagrams> {
  return owned(() => openBound(host, port), isIPv6(host) ? 6 : 4, heard, undefined, lease);
}
