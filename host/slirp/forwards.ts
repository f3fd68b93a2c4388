// Ways in: ports of the host that lead to guests, and ports of the gateway that lead to sockets of the host.

import { refuse } from "../errors.js";
import { type Address, addressText, isV4 } from "./address.js";
import type { Datagrams, Listener } from "./backend.js";
import { type Forward, forwardText, type Inward } from "./forward.js";
import type { Stack } from "./stack.js";
import type { Tcp } from "./tcp/tcp.js";
import type { Udp } from "./udp.js";

const FORWARDS_MAX = 256;
/** Those outside who are known to a guest by a port of the gateway. */
const CALLERS_MAX = 256;
const CALLER_PORT = 61_000;

interface Running {
  readonly forward: Forward;
  close(): void;
}

export class Forwards {
  readonly #stack: Stack;
  readonly #tcp: Tcp;
  readonly #udp: Udp;
  readonly #running: Running[] = [];

  constructor(stack: Stack, tcp: Tcp, udp: Udp) {
    this.#stack = stack;
    this.#tcp = tcp;
    this.#udp = udp;
  }

  list(): readonly Forward[] {
    return this.#running.map(({ forward }) => forward);
  }

  /** Opens one. Throws an error with an errno where it cannot be. */
  async add(forward: Forward): Promise<void> {
    if (this.#running.length >= FORWARDS_MAX) refuse("EMFILE", `there are ${FORWARDS_MAX} forwards`);
    const text = forwardText(forward);
    if (this.#running.some((other) => forwardText(other.forward) === text)) refuse("EEXIST", `${text} is there`);
    const running = { forward, close: await this.#open(forward) };
    this.#running.push(running);
  }

  /** Closes one, by the text that `forwardText` has for it. ENOENT where there is none. */
  remove(text: string): void {
    const at = this.#running.findIndex(({ forward }) => forwardText(forward) === text);
    if (at < 0) refuse("ENOENT", `${text}: there is no such forward`);
    for (const { close } of this.#running.splice(at, 1)) close();
  }

  close(): void {
    for (const { close } of this.#running.splice(0)) close();
  }

  async #open(forward: Forward): Promise<() => void> {
    if (forward.kind === "unix") return this.#redirect(forward.port, forward.path);
    if (!this.#stack.settings.isGuest(forward.guest))
      refuse("EINVAL", `${addressText(forward.guest)} is no guest's address in this network`);
    return forward.kind === "tcp" ? await this.#openTcp(forward) : await this.#openUdp(forward);
  }

  #redirect(port: number, path: string): () => void {
    const keys = this.#stack.settings.hosts.map(({ address }) => `${addressText(address)} ${port}`);
    for (const key of keys) this.#tcp.redirects.set(key, { path });
    return () => {
      for (const key of keys) this.#tcp.redirects.delete(key);
    };
  }

  async #openTcp({ host, port, guest, guestPort }: Inward): Promise<() => void> {
    const far = this.#hostFor(guest);
    const listener: Listener = await this.#stack.backend.listen(host, port, (stream) =>
      this.#tcp.forward(stream, guest, guestPort, far),
    );
    return () => listener.close();
  }

  /** Everybody outside has a port of the gateway's, as the guest sees it; what it sends there goes back to them. */
  async #openUdp({ host, port, guest, guestPort }: Inward): Promise<() => void> {
    const far = this.#hostFor(guest);
    const callers = new Map<string, number>();
    let next = 0;
    const socket: Datagrams = await this.#stack.backend.listenDatagrams(host, port, (octets, from, fromPort) => {
      const name = `${fromPort} ${from}`;
      let own = callers.get(name);
      if (own === undefined) {
        own = CALLER_PORT + (next++ % CALLERS_MAX);
        for (const [other, used] of callers) if (used === own) callers.delete(other);
        callers.set(name, own);
        const back = (answer: Uint8Array) => socket.send(answer, from, fromPort);
        this.#udp.expect({ guest, guestPort, far, farPort: own }, back);
      }
      this.#udp.send({ from: far, port: own, to: guest, toPort: guestPort }, octets);
    });
    return () => {
      for (const own of callers.values()) this.#udp.expect({ guest, guestPort, far, farPort: own }, undefined);
      socket.close();
    };
  }

  #hostFor(guest: Address): Address {
    const { host4, host6 } = this.#stack.settings;
    return (isV4(guest) ? host4 : host6)!.address;
  }
}
