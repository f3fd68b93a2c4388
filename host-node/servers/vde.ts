// Serves a switch to VDE plugs: DIR/ctl, where each asks for a port, and a datagram socket for each that gets one.
// See docs/protocols/vde-control.md.

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { refuse } from "../../host/errors.js";
import { findGroup } from "../native/accounts.js";
import { descriptorLimit } from "../native/file.js";
import { SOCK_STREAM, unixSocket } from "../native/socket.js";
import { ControlConnection, type PlugHost, type Service } from "./control-connection.js";
import { type Directory, openDirectory } from "./directory.js";
import { guard } from "./guard.js";
import { HalfOpen } from "./half-open.js";
import { adopt, BACKLOG, listening } from "./listen-at.js";
import { deriveModes } from "./modes.js";
import { bindListening, listenFile, removeFile, removeStale, type SocketFile } from "./socket-file.js";
import { type Log, sparingLog } from "./sparing-log.js";

export interface VdeOptions {
  readonly dir: string;
  /** Permissions of the sockets and of the directory; where one is absent it follows from the other. */
  readonly mode?: number | undefined;
  readonly dirMode?: number | undefined;
  /** Name of the group that directory and sockets are given to. */
  readonly group?: string | undefined;
  readonly log: Log;
  /** How long a connection may be without a request. */
  readonly deadlineMs?: number | undefined;
}

export interface VdeServer {
  /** The directory, without symbolic links. */
  readonly dir: string;
  readonly mode: number;
  /** Unplugs whoever came by it, and removes what it made. */
  close(): Promise<void>;
}

const DEADLINE_MS = 3_000;
const HALF_OPEN_PER_USER = 64;
const HALF_OPEN_MAX = 1_024;

/**
 * Serves a switch in a directory. Throws a SwitchError where it cannot: EADDRINUSE where another switch does, EEXIST
 * where ctl is no socket, EINVAL, ENOENT, EACCES.
 */
export async function serveVde(sw: PlugHost, options: VdeOptions): Promise<VdeServer> {
  const { mode, dirMode } = deriveModes(options);
  const { log } = options;
  const gid = options.group === undefined ? -1 : groupNumber(options.group);
  const directory = openDirectory(options.dir, { dirMode, gid, log });
  const service = { ...limits(options.deadlineMs), switch: sw, dir: directory.path, mode, gid, connections: new Set() };
  return await serve({ ...service, log: sparingLog(log) } as Service, directory);
}

function groupNumber(name: string): number {
  return findGroup(name) ?? refuse("EINVAL", `there is no group '${name}'`);
}

/** However few descriptors there are, half-open connections get a quarter of them at the most. */
function limits(deadlineMs = DEADLINE_MS): Pick<Service, "halfOpen"> {
  const descriptors = descriptorLimit();
  const inAll = Math.min(HALF_OPEN_MAX, Math.ceil(descriptors / 4));
  const halfOpen = new HalfOpen({ perOwner: Math.min(HALF_OPEN_PER_USER, inAll), inAll, deadlineMs });
  return { halfOpen };
}

async function serve(service: Service, directory: Directory): Promise<VdeServer> {
  try {
    const { fd, file } = bindControl(service, directory);
    const server = createServer((socket) => accept(socket, service));
    await adopt(server, fd, BACKLOG);
    server.on("error", (error) => service.log(`${file.path}: ${error.message}`)); // accept(2) failed: the next may not
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= stop(server, service, file).then(() => directory.close());
      return closed;
    };
    return { dir: directory.path, mode: service.mode, close };
  } catch (error) {
    directory.close();
    throw error;
  }
}

/** The socket that is listened to, and the directory with it: both can be seen when plugs can come. */
function bindControl({ mode, gid }: Service, directory: Directory): { fd: number; file: SocketFile } {
  const path = `${directory.place}/ctl`;
  removeStale(path, SOCK_STREAM, `another switch serves ${directory.path}`);
  const fd = unixSocket(SOCK_STREAM);
  return listening(fd, () => {
    const listens = directory.place === directory.path ? listenFile : bindListening;
    const file = listens(fd, path, { mode, gid }, BACKLOG);
    try {
      directory.appear();
    } catch (error) {
      removeFile(file);
      throw error;
    }
    return { fd, file: { ...file, path: `${directory.path}/ctl` } };
  });
}

function accept(socket: Socket, service: Service): void {
  guard(socket, service.log, () => new ControlConnection(socket, service));
}

/** Stops listening, and cuts off all connections. The file goes first: the socket keeps its inode from being another's. */
async function stop(server: Server, { connections }: Service, file: SocketFile): Promise<void> {
  const closed = once(server, "close");
  removeFile(file);
  server.close();
  for (const connection of [...connections]) connection.drop();
  await closed;
}
