// A host at a tap interface of a network namespace: what it sends comes in by the interface.

import { bind, close } from "../../host-node/native/libc.js";
import { openTap } from "../../host-node/native/tun.js";
import type { Lab } from "./lab.js";
import { type Namespace, run } from "./namespace.js";
import { Plug } from "./plug.js";

const cRead = bind<[number, Uint8Array, number]>("long read(int fd, void *data, uint64_t size)");
const cWrite = bind<[number, Uint8Array, number]>("long write(int fd, void *data, uint64_t size)");
const FRAME_MAX = 9_216;

export class TapPlug extends Plug {
  override offer(frame: Uint8Array): boolean {
    return cWrite(this.fd, frame, frame.length) === frame.length;
  }

  override receive(): Uint8Array | undefined {
    const buffer = new Uint8Array(FRAME_MAX);
    const size = cRead(this.fd, buffer, buffer.length);
    return size < 0 ? undefined : buffer.subarray(0, size);
  }
}

/** Makes a tap, and moves its interface into a namespace. */
export async function tapInto(lab: Lab, namespace: Namespace, name: string): Promise<TapPlug> {
  const { fd } = openTap(name, { offload: false });
  lab.later(() => close(fd));
  await run("ip", ["link", "set", name, "netns", namespace.name, "up"]);
  return new TapPlug(fd);
}
