// QEMU's -netdev stream on a Unix socket: connects to it, or waits for it.

import { refuse } from "../../host/errors.js";
import { QEMU_FRAMING } from "../../host/framing.js";
import { readParameters, splitBrackets } from "../../host/vde/parameters.js";
import { reactor } from "../cable/reactor.js";
import type { Side } from "../cable/side.js";
import { StreamSide } from "../cable/stream.js";
import { EPOLLIN } from "../native/epoll.js";
import { close } from "../native/libc.js";
import { accept, connectTo, SOCK_STREAM, sockaddrUn, unixSocket } from "../native/socket.js";
import { listenFile, removeFile, removeStale } from "../servers/socket-file.js";
import type { PlugOptions } from "./open.js";

const MODE = 0o700;

export async function openStream(rest: string, options: PlugOptions): Promise<Side> {
  const { path, words } = splitBrackets(rest);
  if (path === "") refuse("EINVAL", "stream://PATH: a path is wanted");
  const isServer = readParameters(words, { server: "flag" }).server === true;
  const fd = isServer ? await acceptOne(path, options) : connected(path);
  return new StreamSide({ name: `stream ${path}`, input: fd, output: fd, framing: QEMU_FRAMING });
}

function connected(path: string): number {
  const fd = unixSocket(SOCK_STREAM);
  try {
    connectTo(fd, sockaddrUn(path), path);
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Waits for one connection, and leaves nothing for a second to come to. */
async function acceptOne(path: string, { stop, onwait = () => {} }: PlugOptions): Promise<number> {
  removeStale(path, SOCK_STREAM, `${path} is somebody else's socket`);
  const fd = unixSocket(SOCK_STREAM);
  try {
    const file = listenFile(fd, path, { mode: MODE }, 1);
    try {
      onwait();
      await connection(fd, stop);
      return accept(fd);
    } finally {
      removeFile(file);
    }
  } finally {
    close(fd);
  }
}

/** Waits until somebody connects, or it is not wanted any more. */
async function connection(fd: number, stop?: AbortSignal): Promise<void> {
  let end = () => {};
  try {
    stop?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      end = () => reject(stop?.reason);
      stop?.addEventListener("abort", end);
      reactor().watch(fd, EPOLLIN, () => resolve());
    });
  } finally {
    stop?.removeEventListener("abort", end);
    reactor().forget(fd);
  }
}
