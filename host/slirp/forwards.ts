// Ways in: ports of the host that lead to guests, and ports of the gateway that lead to sockets of the host.

import { refuse } from "../errors.js";
import { type Address, addressText, isV4, sameAddress } from "./address.js";
import type { Datagrams, Listener, StreamTarget } from "./backend.js";
import { type Execution, type Forward, forwardText, type Inward, type Redirect } from "./forward.js";
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
  /** Addresses that the gateway has for what is led elsewhere alone, and how many want them. */
  readonly #aliases = new Map<string, number>();

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
    if (forward.kind === "unix") return this.#redirect(forward, { path: forward.path });
    if (forward.kind === "cmd") return this.#redirect(forward, { command: forward.command });
    if (!this.#stack.settings.isGuest(forward.guest))
      refuse("EINVAL", `${addressText(forward.guest)} is no guest's address in this network`);
    return forward.kind === "tcp" ? await this.#openTcp(forward) : await this.#openUdp(forward);
  }

  #redirect({ at, port }: Redirect | Execution, target: StreamTarget): () => void {
    const { hosts } = this.#stack.settings;
    const places = at === undefined ? hosts.map(({ address }) => address) : [at];
    const keys = places.map((address) => `${addressText(address)} ${port}`);
    const isTaken = keys.some((key) => this.#tcp.redirects.has(key));
    if (isTaken) refuse("EADDRINUSE", `port ${port} of the gateway leads elsewhere already`);
    const forget = at === undefined ? () => {} : this.#own(at);
    for (const key of keys) this.#tcp.redirects.set(key, target);
    return () => {
      for (const key of keys) this.#tcp.redirects.delete(key);
      forget();
    };
  }

  /** Lets the gateway have an address of its network, as long as something is there. */
  #own(address: Address): () => void {
    const { own, isGuest, isInside, isGroup } = this.#stack.settings;
    if (!isInside(address) || isGroup(address)) refuse("EINVAL", `${addressText(address)} is not in this network`);
    if (isGuest(address)) own.push(address);
    else if (!this.#aliases.has(addressText(address))) return () => {}; // it has it anyway
    const name = addressText(address);
    this.#aliases.set(name, (this.#aliases.get(name) ?? 0) + 1);
    return () => {
      const left = (this.#aliases.get(name) ?? 1) - 1;
      if (left > 0) this.#aliases.set(name, left);
      else {
        this.#aliases.delete(name);
        own.splice(
          own.findIndex((each) => sameAddress(each, address)),
          1,
        );
      }
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
