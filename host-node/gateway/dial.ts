// A stream to an address of the world. Node's own way to connect takes a turn of its loop, and makes a socket of it before
// it is known whether there will be one; here that is made when the guest has heard already.

import { Socket } from "node:net";
import { reactor } from "../cable/reactor.js";
import { beginConnect, connectFailure } from "../native/connect.js";
import { EPOLLOUT } from "../native/epoll.js";
import { close, SystemCallError } from "../native/libc.js";
import type { Lease } from "../resources/account.js";
import { guard } from "../servers/guard.js";
import { costOf, NodeStream, note } from "./stream.js";

const NONE = -1;

export class DialedStream extends NodeStream {
  #fd = NONE;
  #isConnected = false;
  /** What was asked of it before it is known whether there will be a socket. */
  readonly #early: Uint8Array[] = [];
  #earlySize = 0;
  #isPausedEarly = false;
  #isEndedEarly = false;

  /** `host` is an address. */
  constructor(host: string, port: number, lease?: Lease) {
    super(lease);
    try {
      const { fd, isConnected } = beginConnect(host, port);
      this.#fd = fd;
      this.#isConnected = isConnected;
      if (isConnected)
        queueMicrotask(() => guard(this, note, () => this.#tell())); // when its holder listens
      else reactor().watch(fd, EPOLLOUT, () => guard(this, note, () => this.#judge()));
    } catch (error) {
      if (this.#fd === NONE) this.release();
      else this.#drop();
      if (!(error instanceof SystemCallError)) throw error;
      queueMicrotask(() => this.fail(error.code));
    }
  }

  /** The guest hears of it before there is a socket, and the socket is there before the guest has answered. */
  #tell(): void {
    if (this.isOver) return;
    this.#catchUp();
    this.onconnect();
    setImmediate(() => {
      if (!this.isOver) guard(this, note, () => this.open());
    });
  }

  #judge(): void {
    reactor().forget(this.#fd);
    const errno = connectFailure(this.#fd);
    this.#isConnected = errno === 0;
    if (this.#isConnected) this.#tell();
    else {
      this.#drop();
      this.fail(new SystemCallError("connect", errno).code);
    }
  }

  #catchUp(): void {
    for (const octets of this.#early.splice(0)) super.write(octets);
    this.#earlySize = 0;
    if (this.#isPausedEarly) super.pause();
    if (this.#isEndedEarly) super.end();
  }

  override get queued(): number {
    return super.queued + this.#earlySize;
  }

  override write(octets: Uint8Array): void {
    if (this.#isConnected) super.write(octets);
    else if (!this.isOver) {
      this.#early.push(octets);
      this.#earlySize += costOf(octets);
    }
  }

  override end(): void {
    if (this.#isConnected) super.end();
    else this.#isEndedEarly = true;
  }

  override pause(): void {
    if (this.#isConnected) super.pause();
    else this.#isPausedEarly = true;
  }

  override resume(): void {
    if (this.#isConnected) super.resume();
    else this.#isPausedEarly = false;
  }

  protected override make(): Socket {
    const fd = this.#fd;
    this.#fd = NONE;
    return new Socket({ fd, allowHalfOpen: true, readable: true, writable: true });
  }

  #drop(): void {
    close(this.#fd);
    this.#fd = NONE;
    this.release();
  }

  override destroy(): void {
    if (this.#isConnected) {
      super.destroy();
      return;
    }
    this.isOver = true;
    if (this.#fd === NONE) return;
    reactor().forget(this.#fd);
    this.#drop();
  }
}
