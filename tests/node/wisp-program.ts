// A program in a page that speaks Wisp by hand, and what it speaks to.

import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { WebSocket } from "ws";
import type { SomeLimits } from "../../host/slirp/limits.js";
import { visitorsAlone } from "../../host/slirp/visitors.js";
import { nodeClock } from "../../host-node/clock.js";
import { NodeBackend } from "../../host-node/gateway/backend.js";
import { wisp } from "../../host-node/servers/websocket/wisp.js";
import { policyOf } from "../../host-node/transports/slirp.js";
import type { Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { serve } from "./ws.js";

/** The gateway's address, behind which is the loopback of the host. */
export const GATEWAY = "10.0.2.2";

export class Program {
  readonly ws: WebSocket;
  readonly packets: Buffer[] = [];
  closed: number | undefined;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on("message", (data: Buffer) => this.packets.push(data));
    ws.on("close", (code) => {
      this.closed = code;
    });
  }

  connect(stream: number, host: string, port: number, type = 1): void {
    this.ws.send(Buffer.concat([header(1, stream), Buffer.from([type, port & 0xff, port >> 8]), Buffer.from(host)]));
  }

  write(stream: number, octets: Uint8Array): void {
    this.ws.send(Buffer.concat([header(2, stream), octets]));
  }

  of(type: number, stream: number): Buffer[] {
    return this.packets.filter((data) => data[0] === type && data.readUInt32LE(1) === stream);
  }

  heard(stream: number): Buffer {
    return Buffer.concat(this.of(2, stream).map((data) => data.subarray(5)));
  }

  /** Why a stream was closed. */
  ends(stream: number): Promise<number> {
    return until(`stream ${stream} ends`, () => this.of(4, stream)[0]?.[5]);
  }
}

export function header(type: number, stream: number): Buffer {
  const octets = Buffer.alloc(5);
  octets[0] = type;
  octets.writeUInt32LE(stream, 1);
  return octets;
}

export async function open(lab: Lab, gateway = "", limits?: SomeLimits): Promise<Program> {
  const alone = visitorsAlone(limits ?? {}, nodeClock);
  const handler = wisp(policyOf(gateway), new NodeBackend(), { visitors: () => alone });
  const { at } = await serve(lab, { port: 0, handlers: { "/wisp": handler } });
  const ws = new WebSocket(at("wisp/"));
  const program = new Program(ws);
  lab.later(() => ws.terminate());
  await once(ws, "open");
  return program;
}

export async function listening(lab: Lab, server: Server): Promise<number> {
  server.on("connection", (socket) => socket.on("error", () => {})); // who breaks off is no failure
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  lab.later(() => void server.close());
  return (server.address() as AddressInfo).port;
}
