// Where the chaos happens, as its programs are told on their command line, and the plug that they share.

import { rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { writeRequest } from "../../host/vde/request.js";
import { bind, close } from "../../host-node/native/libc.js";
import { bindTo, connectTo, MSG_DONTWAIT, SOCK_DGRAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";

export interface Place {
  readonly folder: string;
  /** The switch that is under attack: its directory, its console, and its ports on the loopback. */
  readonly sock: string;
  readonly mgmt: string;
  readonly ws: number;
  readonly api: number;
  readonly crypt: number;
  /** Answers each datagram, and accepts each connection, at 127.0.0.1. */
  readonly echo: number;
  /** A switch that is joined to it by an encrypted cable. */
  readonly far: string;
  /** A tap of the switch. */
  readonly tap: string;
  readonly seconds: number;
  readonly seed: number;
}

/** Frames of each honest flow that are sent in a second. */
export const RATE = 250;

export interface FlowReport {
  readonly flow: string;
  /** How many of the frames of each second arrived. */
  readonly arrived: readonly number[];
  readonly duplicates: number;
}

const REPLY_SIZE = 110;
const FRAME_MAX = 9_280;
const PATIENCE_MS = 5_000;

const cSend = bind<[number, Uint8Array, number, number]>("long send(int fd, void *data, uint64_t size, int flags)");
const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

let serial = 0;

/** A plug of a VDE switch. */
export class Plug {
  readonly #fd: number;
  readonly #control: Socket;
  readonly #path: string;
  readonly #buffer = new Uint8Array(FRAME_MAX);

  private constructor(fd: number, control: Socket, path: string) {
    this.#fd = fd;
    this.#control = control;
    this.#path = path;
  }

  /** Plugs in. Undefined where the switch refuses, or does not answer within five seconds. */
  static async open(folder: string, directory: string, port?: number): Promise<Plug | undefined> {
    const path = `${folder}/p${process.pid}.${serial++}`;
    const fd = unixSocket(SOCK_DGRAM);
    bindTo(fd, sockaddrUn(path), path);
    const control = createConnection(`${directory}/ctl`);
    control.on("error", () => {}); // the switch may be out of descriptors
    const plug = new Plug(fd, control, path);
    const reply = await answer(
      control,
      writeRequest({ port, address: sockaddrUn(path), description: Buffer.from("chaos") }),
    );
    try {
      if (reply === undefined) throw new Error("refused");
      connectTo(fd, reply, directory);
      return plug;
    } catch {
      plug.close();
      return undefined;
    }
  }

  send(frame: Uint8Array): boolean {
    return cSend(this.#fd, frame, frame.length, MSG_DONTWAIT) === frame.length;
  }

  /** The next frame, or undefined where none waits. It is overwritten by the one after it. */
  receive(): Uint8Array | undefined {
    const size = cRecv(this.#fd, this.#buffer, FRAME_MAX, MSG_DONTWAIT);
    return size < 0 ? undefined : this.#buffer.subarray(0, size);
  }

  close(): void {
    this.#control.destroy();
    close(this.#fd);
    rmSync(this.#path, { force: true });
  }
}

/** What a switch answers to a request for a port, or undefined. */
function answer(control: Socket, request: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    let heard = Buffer.alloc(0);
    const timer = setTimeout(() => done(undefined), PATIENCE_MS);
    const done = (reply: Uint8Array | undefined) => {
      clearTimeout(timer);
      resolve(reply);
    };
    control.on("data", (octets: Buffer) => {
      heard = Buffer.concat([heard, octets]);
      if (heard.length >= REPLY_SIZE) done(heard.subarray(0, REPLY_SIZE));
    });
    control.once("close", () => done(undefined));
    control.write(request);
  });
}

/** Waits, and does not wait on when it is time to stop. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, signal && { signal }).catch(() => {});
}

/** An Ethernet frame of a length, from one station to another, by the last octets of their addresses. */
export function ethernet(to: number, from: number, size: number, type = 0x88b5): Uint8Array {
  const frame = new Uint8Array(size);
  const station = (at: number, n: number) => frame.set([2, 0, n >>> 24, n >>> 16, n >>> 8, n], at);
  if (to < 0) frame.fill(255, 0, 6);
  else station(0, to);
  station(6, from);
  frame.set([type >>> 8, type], 12);
  return frame;
}
