// A network interface of this machine as a link: what comes in by it, whoever it is for, and what goes out by it. The
// machine itself keeps using it, and is not reached: its own frames do not pass here, nor does it hear what is sent here.

import { PacketSide } from "../cable/packets.js";
import type { Side } from "../cable/side.js";
import { close } from "../native/libc.js";
import { interfaceChanges, openInterface } from "../native/packet.js";
import type { PlugOptions } from "./open.js";

export async function openPcap(name: string, { warn = () => {} }: PlugOptions): Promise<Side> {
  const fd = openInterface(name);
  const changes = interfaceChanges();
  const onclose = () => {
    close(changes);
    close(fd);
  };
  return new PacketSide({ name, fd, changes, onclose, warn });
}
