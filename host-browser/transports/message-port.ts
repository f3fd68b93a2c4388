// A MessagePort as a link: to a worker, a SharedWorker, another window. Frames of one turn go in one message, whose
// memory changes hands, and the receiver says how much more it will take.

import { BaseLink } from "../../host/base-link.js";
import type { Frame } from "../../host/link.js";
import { hold, onceGone, uniqueName } from "../alive.js";
import { PathIn, PathOut } from "../path.js";

/**
 * Beside frames: a number is octets that were taken, "close" is the end, and an object names the lock that the sender
 * holds as long as it lives.
 */
type Message = Uint8Array | number | "close" | { readonly alive: string };

class PortLink extends BaseLink {
  readonly #port: MessagePort;
  readonly #out: PathOut;
  readonly #in: PathIn;
  readonly #release: () => void;
  #forget: () => void = () => {};

  constructor(port: MessagePort, name: string) {
    super(name);
    this.#port = port;
    const post = (message: Message) => port.postMessage(message);
    this.#out = new PathOut((message) => port.postMessage(message, [message.buffer as ArrayBuffer]));
    this.#in = new PathIn((frame) => this.take(frame), post);
    const alive = `etherloom/${uniqueName()}`;
    this.#release = hold(alive, () => this.isOpen && post({ alive }));
    port.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data);
    port.addEventListener("close", () => this.end()); // some browsers tell of it
  }

  /** Octets and frames that were lost since the other end was slow. */
  get lost(): number {
    return this.#out.lost;
  }

  send(frame: Frame): boolean {
    return this.isOpen && this.#out.send(frame);
  }

  override close(): void {
    if (!this.isOpen) return;
    this.#out.flush();
    this.#port.postMessage("close" satisfies Message);
    super.close();
  }

  protected shut(): void {
    this.#out.close();
    this.#release();
    this.#forget();
    this.#port.onmessage = null;
    this.#port.close();
  }

  #hear(message: unknown): void {
    if (this.#in.hear(message)) return;
    if (message === "close") this.end();
    else if (typeof message === "number") this.#out.credit(message);
    else this.#watch((message as { alive?: unknown } | null)?.alive);
  }

  #watch(name: unknown): void {
    if (typeof name !== "string") return;
    this.#forget();
    this.#forget = onceGone(name, () => this.end());
  }
}

/** A link over one end of a MessageChannel. It closes when the other end does, or lives no more. */
export function messagePort(port: MessagePort, name = "port"): PortLink {
  return new PortLink(port, name);
}
