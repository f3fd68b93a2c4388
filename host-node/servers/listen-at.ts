// A server of Node's at a path: it serves from the moment that its file is there.

import type { Server } from "node:net";
import { close } from "../native/libc.js";
import { SOCK_STREAM, sockaddrUn, unixSocket } from "../native/socket.js";
import { listenFile, removeStale, type SocketFile } from "./socket-file.js";

/**
 * How many connections the kernel keeps until they are accepted: these cost no descriptor here. Who comes when it is full is
 * refused with EAGAIN.
 */
export const BACKLOG = 1_024;

export interface ListeningAt {
  readonly path: string;
  /** Permissions of the socket: its owner's alone by default. */
  readonly mode?: number;
  readonly group?: number | undefined;
}

/** Lets a server listen at a path. EADDRINUSE, in the words of `holder`, where another program does. */
export async function listenAt(
  server: Server,
  { path, mode = 0o600, group }: ListeningAt,
  holder: string,
): Promise<SocketFile> {
  sockaddrUn(path); // a longer name could be made, and nobody could connect to it
  removeStale(path, SOCK_STREAM, holder);
  const fd = unixSocket(SOCK_STREAM);
  const file = listening(fd, () => listenFile(fd, path, { mode, gid: group }, BACKLOG));
  await adopt(server, fd, BACKLOG);
  return file;
}

/**
 * Lets a server have a socket that listens. By its descriptor: a server that knew the path would remove whatever is there
 * when it closes.
 */
export async function adopt(server: Server, fd: number, backlog: number): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once("error", failed).listen({ fd, backlog }, () => {
      server.off("error", failed);
      done();
    });
  });
}

/** What makes a socket listen, which is closed where it does not. */
export function listening<T>(fd: number, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    close(fd);
    throw error;
  }
}
