// Two Unix datagram sockets that send to each other, each by the other's path: ptp:// and QEMU's dgram. Either may come
// first, go, and come again.

import { refuse } from "../../host/errors.js";
import { DatagramSide } from "../cable/datagrams.js";
import type { Side } from "../cable/side.js";
import { close } from "../native/libc.js";
import { SOCK_DGRAM, sockaddrUn, unixSocket } from "../native/socket.js";
import { bindFile, removeFile, removeStale } from "../servers/socket-file.js";
import type { PlugOptions } from "./open.js";
import { PeerFile } from "./peer-file.js";

const MODE = 0o700;

/** The first who comes has the path, the second the path and "+". EPERM for a third. */
export async function openPointToPoint(path: string, { mode = MODE }: PlugOptions): Promise<Side> {
  if (path === "") refuse("EINVAL", "ptp://PATH: a path is wanted");
  try {
    return openPair(path, `${path}+`, mode);
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  try {
    return openPair(`${path}+`, path, mode);
  } catch (error) {
    return isTaken(error) ? refuse("EPERM", `${path} has both its ends`) : Promise.reject(error);
  }
}

export async function openDgram(rest: string, { mode = MODE }: PlugOptions): Promise<Side> {
  const [, own, peer] = /^(.+?)->(.+)$/s.exec(rest) ?? [];
  if (own === undefined || peer === undefined) refuse("EINVAL", "dgram://OWN->PEER: two paths are wanted");
  return openPair(own, peer, mode);
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EADDRINUSE";
}

function openPair(own: string, peer: string, mode: number): Side {
  sockaddrUn(peer); // one that is too long is refused before anything is made
  removeStale(own, SOCK_DGRAM, `${own} is somebody else's socket`);
  const fd = unixSocket(SOCK_DGRAM);
  try {
    const file = bindFile(fd, own, { mode });
    const there = new PeerFile(fd, peer);
    const onclose = () => {
      there.close();
      removeFile(file);
      close(fd);
    };
    return new DatagramSide({ name: `${own}->${peer}`, fd, onclose, connect: () => there.connect() });
  } catch (error) {
    close(fd);
    throw error;
  }
}
