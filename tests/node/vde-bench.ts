// A switch that serves a directory, and plugs that say octet by octet what a test wants them to.

import { readdirSync } from "node:fs";
import { Socket } from "node:net";
import { CATEGORIES } from "../../host/events.js";
import { Switch } from "../../host/switch.js";
import { writeRequest } from "../../host/vde/request.js";
import { openDataPlane } from "../../host-node/dataplane/engine.js";
import { close } from "../../host-node/native/libc.js";
import { bindTo, connectTo, SOCK_DGRAM, SOCK_STREAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { serveVde, type VdeOptions, type VdeServer } from "../../host-node/servers/vde.js";
import { inLab, type Lab } from "../interop/lab.js";
import { Plug } from "../interop/plug.js";
import { until } from "../interop/wait.js";

export const NOBODY = 65_534;
export const isRoot = process.geteuid?.() === 0;
const REPLY_SIZE = 110;

export interface Bench {
  readonly lab: Lab;
  readonly sw: Switch;
  readonly server: VdeServer;
  /** What the switch logged, and what happened in it. */
  readonly log: string[];
  readonly events: string[];
}

/** A test with a served switch of its own, which leaves no descriptor behind. */
export function onBench(options: Partial<VdeOptions>, work: (bench: Bench) => Promise<void>): () => Promise<void> {
  return inLab(async (lab) => {
    const before = descriptors();
    const sw = new Switch(await openDataPlane(), { mac: Uint8Array.of(2, 0, 0, 0, 0xee, 0) });
    const [log, events]: string[][] = [[], []];
    for (const { path } of CATEGORIES)
      if (path.startsWith("port/")) sw.events.add(path, ({ path }) => events!.push(path));
    const given = { dir: lab.path("ctl.dir"), log: (text: string) => void log!.push(text), ...options };
    const server = await serveVde(sw, given);
    try {
      await work({ lab, sw, server, log: log!, events: events! });
    } finally {
      await server.close();
      await sw.close();
      await lab.close();
    }
    await until("every descriptor is closed", () => descriptors() <= before);
  });
}

/** How many descriptors this process has. */
export function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Does something at once as another user, as far as files and sockets see it. */
export function as<T>(uid: number, work: () => T): T {
  if (uid === 0 || !isRoot) return work();
  process.setegid!(uid);
  process.seteuid!(uid);
  try {
    return work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

let serial = 0;

/** A connection to DIR/ctl, and a datagram socket, and what is heard. */
export class Client {
  readonly address: Uint8Array;
  readonly #control: Socket | undefined;
  #fd: number;
  #heard: Buffer = Buffer.alloc(0);
  #isClosed = false;

  constructor({ lab, server }: Pick<Bench, "lab"> & { server: { dir: string } }, { uid = 0, path = "" } = {}) {
    const address = sockaddrUn(path === "" ? lab.path(`client.${serial++}`) : path);
    if (path.startsWith("\0")) address.set(Buffer.from(path), 2);
    this.address = address;
    this.#fd = as(uid, () => bound(address));
    lab.later(() => this.hangUp());
    this.#control = as(uid, () => connected(`${server.dir}/ctl`));
    const control = this.#control;
    control.on("error", () => {});
    control.on("close", () => {
      this.#isClosed = true;
    });
    control.on("data", (octets) => {
      this.#heard = Buffer.concat([this.#heard, octets]);
    });
  }

  write(octets: Uint8Array): this {
    this.#control?.write(octets);
    return this;
  }

  /** Asks for a port as libvdeplug does. */
  ask(port?: number, description = "a test"): this {
    return this.write(writeRequest({ port, address: this.address, description: Buffer.from(description) }));
  }

  /** The path that the switch answers with, or "refused" where it closes the connection without an answer. */
  async answer(): Promise<string> {
    await until("the switch answers", () => this.#heard.length >= REPLY_SIZE || this.#isClosed);
    if (this.#heard.length < REPLY_SIZE) return "refused";
    return this.#heard.toString("utf8", 2, this.#heard.indexOf(0, 2));
  }

  /** Connects to the switch's answer. */
  async plug(): Promise<Plug> {
    connectTo(this.#fd, sockaddrUn(await this.answer()), "the switch's data socket");
    return new Plug(this.#fd);
  }

  closed(): Promise<boolean> {
    return until("the switch hangs up", () => this.#isClosed);
  }

  /** Closes both sockets. */
  hangUp(): void {
    this.#control?.destroy();
    if (this.#fd >= 0) close(this.#fd);
    this.#fd = -1;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }
}

function bound(address: Uint8Array): number {
  const fd = unixSocket(SOCK_DGRAM);
  bindTo(fd, address, "a client's socket");
  return fd;
}

/** Connects at once, in the credentials of the moment. */
export function connected(path: string): Socket {
  const fd = unixSocket(SOCK_STREAM);
  try {
    connectTo(fd, sockaddrUn(path), path);
  } catch (error) {
    close(fd);
    throw error;
  }
  return new Socket({ fd, readable: true, writable: true });
}

/** What is plugged in, as "3: a test". */
export function plugged(sw: Switch): string[] {
  return sw.ports
    .list({ open: true })
    .flatMap(({ id, endpoints }) => endpoints.map((one) => `${id}: ${one.description}`));
}
