// A plug for VDE switches in a few lines, as libvdeplug's: handshake version 3, then datagrams.

import { rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { writeRequest } from "../../host/vde/request.js";
import { bind, close } from "../../host-node/native/libc.js";
import { bindTo, connectTo, MSG_DONTWAIT, SOCK_DGRAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { words } from "./frames.js";
import type { Lab } from "./lab.js";
import { PATIENCE_MS, until } from "./wait.js";

const REPLY_SIZE = 110;
const FRAME_MAX = 9_280;

const cSend = bind<[number, Uint8Array, number, number]>("long send(int fd, void *data, uint64_t size, int flags)");
const cRecv = bind<[number, Uint8Array, number, number]>("long recv(int fd, void *data, uint64_t size, int flags)");

let serial = 0;

export class Plug {
  /** Unplugs it. */
  readonly close: () => void;
  private readonly heard: string[] = [];
  private readonly buffer = new Uint8Array(FRAME_MAX);
  protected readonly fd: number;

  constructor(fd: number, unplug = () => close(fd)) {
    this.fd = fd;
    this.close = unplug;
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
    const size = cRecv(this.fd, this.buffer, FRAME_MAX, MSG_DONTWAIT);
    return size < 0 ? undefined : this.buffer.slice(0, size);
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

export interface PlugOptions {
  /** Any port, where none is given. */
  readonly port?: number;
  /** How long the switch may take to answer. */
  readonly ms?: number;
}

/** Plugs into a switch until the test ends. Throws where the switch refuses. */
export async function plugInto(lab: Lab, directory: string, options: PlugOptions = {}): Promise<Plug> {
  const plug = await openPlug(lab.folder, directory, options);
  lab.later(plug.close);
  return plug;
}

/** Plugs into a switch until the plug is closed. Its own socket is in a folder. Throws where the switch refuses. */
export async function openPlug(folder: string, directory: string, { port, ms }: PlugOptions = {}): Promise<Plug> {
  const path = `${folder}/plug.${process.pid}.${serial++}`;
  const address = sockaddrUn(path);
  const fd = unixSocket(SOCK_DGRAM);
  const control = createConnection(`${directory}/ctl`);
  const plug = new Plug(fd, () => {
    control.destroy();
    close(fd);
    rmSync(path, { force: true });
  });
  try {
    bindTo(fd, address, path);
    control.write(writeRequest({ port, address, description: Buffer.from("a test") }));
    connectTo(fd, await answerOf(control, ms), directory);
    return plug;
  } catch (error) {
    plug.close();
    throw error;
  }
}

/** The address that a switch answers with. The connection stays: its end would be the end of the plug. */
function answerOf(control: Socket, ms = PATIENCE_MS): Promise<Uint8Array> {
  let heard = Buffer.alloc(0);
  control.setTimeout(ms, () => control.destroy(new Error(`the switch does not answer a plug within ${ms} ms`)));
  return new Promise((resolve, reject) => {
    control.on("data", (octets: Buffer) => {
      heard = Buffer.concat([heard, octets]);
      if (heard.length < REPLY_SIZE) return;
      control.setTimeout(0);
      resolve(heard.subarray(0, REPLY_SIZE));
    });
    control.on("error", reject);
    control.on("close", () => reject(new Error("the switch refused the plug")));
  });
}
