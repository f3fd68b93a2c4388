// A WebSocket as a link, from the client's side: the same in a page and on Node.

import { BaseLink } from "../base-link.js";
import { SwitchError } from "../errors.js";
import type { Clock, Frame, Link } from "../link.js";
import { BATCHED, type Coding, MessageReader, RAW } from "./coding.js";
import { Inbox } from "./inbox.js";
import { lengths, Outbox } from "./outbox.js";

/** What is asked of a WebSocket: a page's has it, and so has that of `ws`. */
export interface MessageSocket {
  binaryType: string;
  readonly protocol: string;
  readonly bufferedAmount: number;
  send(message: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  /** Reads nothing for a while. A page's has no such thing. */
  pause?(): void;
  resume?(): void;
  addEventListener(type: "open" | "error", listener: (event: object) => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Opens a WebSocket that asks for one of these subprotocols. */
export type OpenSocket = (protocols: readonly string[]) => MessageSocket;

type Known = () => Error | undefined;

/** What may wait for a server that takes no more. */
const BACKLOG = 1 << 20;
const NORMAL = 1000;
const GOING_AWAY = 1001;
const POLICY = 1008;
/** Codes of our own servers; see docs/protocols/websocket.md. */
export const CLOSE_REPLACED = 4001;

/** Why a socket closed; nothing where it just ended. */
function reasonOf(code: number, text: string): Error | undefined {
  if (code === NORMAL || code === GOING_AWAY) return undefined;
  if (code === CLOSE_REPLACED) return new SwitchError("EBUSY", text);
  if (code === POLICY) return new SwitchError("EACCES", text);
  return new SwitchError("EIO", text || `the WebSocket was cut off (${code})`);
}

class WebSocketLink extends BaseLink {
  override readonly isDistant = true;
  readonly #socket: MessageSocket;
  readonly #reader: MessageReader;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  hasRoom?: (octets: number) => boolean;

  constructor(name: string, socket: MessageSocket, coding: Coding, clock: Clock) {
    super(name);
    this.#socket = socket;
    this.#reader = new MessageReader(coding);
    this.#outbox = new Outbox({
      sink: {
        write: (chunk) => socket.send(chunk as Uint8Array<ArrayBuffer>),
        get waiting() {
          return socket.bufferedAmount;
        },
      },
      lead: coding.framing && lengths(coding.framing),
      limit: () => BACKLOG,
    });
    const [pause, resume] = [() => socket.pause?.(), () => socket.resume?.()];
    this.#inbox = new Inbox({ link: this, clock, pause, resume });
    socket.addEventListener("message", ({ data }) => this.#hear(data));
  }

  send(frame: Frame): boolean {
    return this.isOpen && this.#outbox.add(frame);
  }

  override close(): void {
    if (this.isOpen) this.#outbox.flush();
    super.close();
    this.#socket.close(NORMAL);
  }

  /** The socket is gone, or is let go. */
  override end(reason?: Error): void {
    super.end(reason);
  }

  protected shut(): void {
    this.#outbox.close();
    this.#inbox.close();
  }

  #hear(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return; // text is not for us
    this.#reader.read(new Uint8Array(data), (frame) => {
      if (this.isOpen) this.#inbox.give(frame);
    });
  }
}

/**
 * Opens a link over a WebSocket, by our own protocol, and with a server that has it not frame by frame. `known` says
 * why the server said no, or why the socket was let go, where that is known: asking in another way would not help then.
 */
export async function openWebSocket(
  name: string,
  open: OpenSocket,
  clock: Clock,
  known: Known = () => undefined,
): Promise<Link> {
  try {
    return await opened(name, open([BATCHED.protocol]), clock, known);
  } catch {
    const why = known();
    if (why !== undefined) throw why;
    return await opened(name, open([]), clock, known);
  }
}

function opened(name: string, socket: MessageSocket, clock: Clock, known: Known): Promise<Link> {
  socket.binaryType = "arraybuffer";
  return new Promise((resolve, reject) => {
    let link: WebSocketLink | undefined;
    let failure = "";
    socket.addEventListener("error", (event) => {
      failure = "message" in event ? String(event.message) : "";
    });
    socket.addEventListener("open", () => {
      link = new WebSocketLink(name, socket, socket.protocol === BATCHED.protocol ? BATCHED : RAW, clock);
      resolve(link);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (link !== undefined) return link.end(known() ?? reasonOf(code, reason));
      reject(new SwitchError("ECONNREFUSED", failure || "no WebSocket answers there"));
    });
  });
}
