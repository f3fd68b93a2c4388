// A plug for VDE switches in a few lines, as libvdeplug's: handshake version 3, then datagrams.

import { rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { bind, close } from "../../host-node/native/libc.js";
import { bindTo, connectTo, MSG_DONTWAIT, SOCK_DGRAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { words } from "./frames.js";
import type { Lab } from "./lab.js";
import { until } from "./wait.js";

const MAGIC = 0xfeedface;
const VERSION = 3;
const REPLY_SIZE = 110;
const FRAME_MAX = 9_216;

const cSend = bind<[number, Uint8Array, number, number]>("long send(int fd, void *data, uint64_t size, int flags)");
const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

let serial = 0;

export class Plug {
  private readonly heard: string[] = [];
  protected readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  send(frame: Uint8Array): void {
    if (!this.offer(frame)) throw new Error("a frame was not taken");
  }

  /** Sends a frame if there is room. Returns whether there was. */
  offer(frame: Uint8Array): boolean {
    return cSend(this.fd, frame, frame.length, MSG_DONTWAIT) === frame.length;
  }

  /** The next frame as it is, or undefined where none waits. */
  receive(): Uint8Array | undefined {
    const buffer = new Uint8Array(FRAME_MAX);
    const size = cRecv(this.fd, buffer, buffer.length, MSG_DONTWAIT);
    return size < 0 ? undefined : buffer.subarray(0, size);
  }

  /** Waits until the plug hears these words. What others said meanwhile stays in `all`. */
  hears(text: string, ms?: number): Promise<boolean> {
    return until(`a plug hears "${text}"`, () => this.all().includes(text), ms);
  }

  /** All that it has heard up to now, in words. */
  all(): readonly string[] {
    for (let frame = this.receive(); frame !== undefined; frame = this.receive()) {
      const text = frame.length < 14 ? undefined : words(frame);
      if (text !== undefined) this.heard.push(text);
    }
    return this.heard;
  }
}

/** Plugs into a switch: any port, or the one given. Throws where the switch refuses. */
export async function plugInto(lab: Lab, directory: string, { port = 0 } = {}): Promise<Plug> {
  const fd = unixSocket(SOCK_DGRAM);
  lab.later(() => close(fd));
  const path = lab.path(`plug.${serial++}`);
  bindTo(fd, sockaddrUn(path), path);
  lab.later(() => rmSync(path, { force: true }));
  const reply = await shakeHands(lab, `${directory}/ctl`, request(path, port));
  connectTo(fd, reply, directory);
  return new Plug(fd);
}

/** Magic, version, type in the low and port in the high octets, our address, and a description to the end. */
function request(path: string, port: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(VERSION, 4);
  head.writeUInt32LE(port << 8, 8);
  return Buffer.concat([head, sockaddrUn(path), Buffer.from("interop test")]);
}

/** The address that a switch answers with. The connection stays: its end would be the end of the plug. */
async function shakeHands(lab: Lab, path: string, octets: Buffer): Promise<Buffer> {
  const control = createConnection(path);
  lab.later(() => void control.destroy());
  control.write(octets);
  return await until("the switch answers a plug", answerOf(control));
}

function answerOf(control: Socket): () => Buffer | undefined {
  let answer = Buffer.alloc(0);
  let end: string | undefined;
  control.on("data", (octets: Buffer) => {
    answer = Buffer.concat([answer, octets]);
  });
  control.on("error", ({ message }) => {
    end = message;
  });
  control.on("close", () => {
    end ??= "the switch refused the plug";
  });
  return () => {
    if (answer.length >= REPLY_SIZE) return answer.subarray(0, REPLY_SIZE);
    if (end !== undefined) throw new Error(end);
    return undefined;
  };
}
