// One connection to DIR/ctl: it waits for a request, answers it, and holds a plug in its port for as long as it lasts.

import type { Socket } from "node:net";
import * as abi from "../../assembly/abi.js";
import { refuse, SwitchError } from "../../host/errors.js";
import type { Endpoint, Ports } from "../../host/ports.js";
import { hasRoomForMark, type PlugRequest, readRequest, writeRefusal, writeReply } from "../../host/vde/request.js";
import { DatagramSide } from "../cable/datagrams.js";
import { SideLink } from "../cable/link.js";
import { identityOf } from "../native/accounts.js";
import { close } from "../native/libc.js";
import { peerCredentials, peerGroups, sockaddrUn } from "../native/socket.js";
import { reason } from "../reason.js";
import { type Lease, takeAll } from "../resources/account.js";
import { descriptors, sessions } from "../resources/process.js";
import { bindDataSocket, closeDataSocket, dataAccess, openDataSocket } from "./data-socket.js";
import { descriptorOf } from "./descriptor.js";
import type { HalfOpen, Waiting } from "./half-open.js";
import { removeFile } from "./socket-file.js";
import type { Log } from "./sparing-log.js";

/** A longer description is cut. VDE's own switch shows 134 octets, and its plugs send 127. */
const DESCRIPTION_MAX = 1_024;

const MODULE = "unix prog";

/** What plugs can be plugged into: a switch, or a node of a network that is less. */
export interface PlugHost {
  readonly ports: Pick<Ports, "allocate" | "plug" | "unplug" | "describe">;
  /** Whether its plugs may have frames with heads: KIND_OFFLOAD. */
  readonly hasHeads?: boolean;
}

/** What all connections of a server have in common. */
export interface Service {
  readonly switch: PlugHost;
  readonly dir: string;
  readonly mode: number;
  /** -1 for none. */
  readonly gid: number;
  readonly halfOpen: HalfOpen;
  readonly log: Log;
  readonly connections: Set<ControlConnection>;
}

export class ControlConnection implements Waiting {
  readonly uid: number;
  readonly #gid: number;
  readonly #socket: Socket;
  readonly #service: Service;
  readonly #leases: Lease[];
  #octets: Uint8Array = new Uint8Array();
  #endpoint: Endpoint | undefined;
  /** Answers a plug that wants to hear why it is refused. */
  #tell: (why: SwitchError) => void = () => {};

  constructor(socket: Socket, service: Service) {
    const { uid, gid } = peerCredentials(descriptorOf(socket));
    this.uid = uid;
    this.#gid = gid;
    this.#socket = socket;
    this.#service = service;
    const owner = String(uid);
    this.#leases = takeAll(
      () => descriptors.take("plug", owner),
      () => sessions.take("plug", owner),
    );
    service.connections.add(this);
    service.halfOpen.add(this);
    socket.on("data", (octets) => this.#hear(octets));
    socket.on("error", () => {}); // "close" comes after it
    socket.on("end", () => this.drop()); // a millisecond and more before "close", in which frames go nowhere
    socket.on("close", () => {
      this.drop();
      for (const lease of this.#leases.splice(0)) lease.release();
    });
  }

  get owner(): number {
    return this.uid;
  }

  /** Ends the connection, and takes its plug out. */
  drop(why = ""): void {
    const { halfOpen, connections, log, switch: sw } = this.#service;
    if (this.#endpoint !== undefined) sw.ports.unplug(this.#endpoint); // first: spanning tree waits for it
    if (why !== "") log(`user ${this.uid} is cut off: ${why}`);
    halfOpen.remove(this);
    connections.delete(this);
    this.#socket.destroy();
  }

  #hear(octets: Uint8Array): void {
    try {
      const port = this.#endpoint?.port;
      if (port !== undefined) refuse("EPROTO", `its plug in port ${port} spoke after its request`);
      this.#octets = Buffer.concat([this.#octets, octets]);
      const request = readRequest(this.#octets);
      if (request !== undefined) this.#answer(request);
    } catch (error) {
      if (error instanceof SwitchError) this.#tell(error);
      this.drop(reason(error));
    }
  }

  /** The switch's socket is connected to the plug's before the plug is answered, so frames may come before the answer. */
  #answer({ port, wish, address, description, heads = false, wantsReason = false }: PlugRequest): void {
    const { halfOpen, switch: sw } = this.#service;
    halfOpen.remove(this);
    this.#octets = new Uint8Array();
    if (wantsReason) this.#tell = (why) => void this.#socket.write(writeRefusal(why));
    this.#leases.push(descriptors.take("plug", String(this.uid)));
    const fd = this.#open(address);
    try {
      this.#endpoint = this.#plug(fd, { port, wish }, heads && sw.hasHeads === true);
    } catch (error) {
      close(fd);
      throw error;
    }
    sw.ports.describe(this.#endpoint, readable(description.subarray(0, DESCRIPTION_MAX)));
  }

  /**
   * The switch's own socket. What it found at the plug's address is for the log alone: a plug must not learn by it of files
   * that only the switch can see.
   */
  #open(address: Uint8Array): number {
    try {
      return openDataSocket(address, this.uid);
    } catch (error) {
      if (error instanceof SwitchError && error.code === "EMFILE") throw error;
      this.#tell(new SwitchError("EACCES", "the plug's own socket cannot be used: the log of the switch says why"));
      this.#tell = () => {};
      throw error;
    }
  }

  #plug(fd: number, { port: wanted, wish }: Pick<PlugRequest, "port" | "wish">, asksHeads: boolean): Endpoint {
    const { dir, mode, gid, switch: sw } = this.#service;
    const { uid } = this;
    const who = identityOf(uid, this.#gid, peerGroups(descriptorOf(this.#socket)));
    const port = sw.ports.allocate(wanted, who, wish);
    const file = bindDataSocket(fd, dir, port.id, dataAccess(mode, uid, gid));
    const release = () => {
      closeDataSocket(fd, file);
      this.#socket.destroy();
    };
    const address = sockaddrUn(file.path);
    const heads = asksHeads && hasRoomForMark(address);
    const divert = () => {
      const segmentMin = abi.PLUG_SEGMENT_MIN; // a plug is believed no more than by the core
      const link = new SideLink(new DatagramSide({ name: MODULE, fd, heads, segmentMin, onclose: release }));
      link.onclose = () => this.drop();
      return link;
    };
    try {
      const kind = heads ? abi.KIND_OFFLOAD : abi.KIND_SOCKET;
      const endpoint = sw.ports.plug(port, { kind, fd, module: MODULE, uid, divert, close: release });
      this.#socket.write(writeReply({ address, heads }));
      return endpoint;
    } catch (error) {
      removeFile(file);
      throw error;
    }
  }
}

/** A description as text of one line: a plug must not write lines of its own into a console. */
function readable(octets: Uint8Array): string {
  return new TextDecoder().decode(octets).replace(/[\p{Cc}\u2028\u2029]/gu, "?");
}
