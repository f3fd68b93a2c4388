// WebSocket clients for tests: as an emulator's page is one, or a hostile stranger, on a switch that serves them.

import { once } from "node:events";
import { type ClientOptions, WebSocket } from "ws";
import { type OpenSwitch, openSwitch } from "../../host-node/open.js";
import type { WebSocketOptions } from "../../host-node/servers/websocket/options.js";
import type { WebSocketService } from "../../host-node/servers/websocket/server.js";
import { frame, words } from "../frame.js";
import type { Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";

export interface Served {
  readonly sw: OpenSwitch;
  readonly service: WebSocketService;
  /** The URL of a path: "room/lab?token=T". */
  readonly at: (path?: string) => string;
  readonly log: string[];
}

/** A switch that serves WebSockets on a port of its own. */
export async function serve(lab: Lab, ws: WebSocketOptions = {}): Promise<Served> {
  const log: string[] = [];
  const sw = await openSwitch({ ports: 1024, ws, log: (text) => log.push(text) });
  lab.later(() => sw.close());
  const service = sw.webSockets!;
  return { sw, service, at: (path = "") => `${service.url}${path}`, log };
}

/** A client that speaks frames in words, one a message. */
export class Caller {
  readonly heard: string[] = [];
  readonly texts: string[] = [];
  readonly ws: WebSocket;
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.heard.push(words(data));
      else this.texts.push(data.toString());
    });
    ws.on("error", () => {}); // "close" comes after it
    ws.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  say(...texts: readonly string[]): void {
    for (const text of texts) this.ws.send(frame(text));
  }

  hears(text: string): Promise<boolean> {
    return until(`a client hears "${text}", of ${this.heard.join(", ")}`, () => this.heard.includes(text));
  }

  ends(): Promise<{ readonly code: number; readonly reason: string }> {
    return until("a client is cut off", () => this.closed);
  }
}

export interface Calling extends ClientOptions {
  readonly protocols?: readonly string[];
}

/** Connects. Throws what the server says where it says no: "403 a page of http://evil.example: ...". */
export async function call(lab: Lab, url: string, { protocols = [], ...options }: Calling = {}): Promise<Caller> {
  const ws = new WebSocket(url, [...protocols], options);
  lab.later(() => ws.terminate());
  const refused = new Promise<never>((_, reject) => {
    ws.once("unexpected-response", (_request, response) => {
      let text = `${response.statusCode} `;
      response.on("data", (piece: Buffer) => {
        text += piece;
      });
      response.on("end", () => reject(new Error(text.trim())));
    });
    ws.once("error", reject);
  });
  refused.catch(() => {}); // it is heard of below, or too late to matter
  await Promise.race([once(ws, "open"), refused]);
  return new Caller(ws);
}
