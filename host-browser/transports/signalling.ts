// How two browsers find each other before they can speak: somebody carries their few messages. Who does is pluggable.

import { Retry } from "../../host/retry.js";
import { uniqueName } from "../alive.js";
import { browserClock } from "../clock.js";

/** A message of one peer to another, or to all who are there where `to` is absent. */
export interface Signal {
  readonly from: string;
  readonly to?: string;
  /** What WebRTC has to tell: nothing in "I am here". */
  readonly description?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
  readonly isGone?: boolean;
  /** Says of "I am here" that the sender is not new: paths to it that are open stay. */
  readonly isBack?: boolean;
}

/** A meeting place. What it hears may come from anybody. */
export interface Signalling {
  /** The name of this peer there. */
  readonly id: string;
  onsignal: (signal: Signal) => void;
  /** Runs when the place is there again after it was gone. Who came meanwhile has not heard of this peer. */
  onreturn: () => void;
  send(signal: Omit<Signal, "from">): void;
  close(): void;
}

/** Whether this is a signal at all, and for us. */
export function isSignal(value: unknown, id: string): value is Signal {
  const { from, to } = (value ?? {}) as Partial<Record<keyof Signal, unknown>>;
  return typeof from === "string" && from !== id && (to === undefined || to === id);
}

/** Meets other tabs of this origin. */
export function broadcastSignalling(name: string): Signalling {
  const id = uniqueName();
  const channel = new BroadcastChannel(`etherloom/signalling/${name}`);
  const place: Signalling = {
    id,
    onsignal: () => {},
    onreturn: () => {},
    send: (signal) => channel.postMessage({ ...signal, from: id }),
    close: () => channel.close(),
  };
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isSignal(data, id)) place.onsignal(data);
  };
  return place;
}

/** A room of a switch that serves WebSockets. It is entered again whenever that is lost: servers restart. */
class WebSocketPlace implements Signalling {
  readonly id = uniqueName();
  onsignal: (signal: Signal) => void = () => {};
  onreturn: () => void = () => {};
  readonly #url: string;
  readonly #retry = new Retry({ clock: browserClock, chance: Math.random });
  #socket: WebSocket | undefined;
  #isOpen = true;

  constructor(url: string) {
    this.#url = url;
  }

  send(signal: Omit<Signal, "from">): void {
    const socket = this.#socket;
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ...signal, from: this.id }));
  }

  close(): void {
    this.#isOpen = false;
    this.#retry.stop();
    this.#socket?.close();
  }

  enter(): Promise<void> {
    const socket = new WebSocket(this.#url, "etherloom-signal.1");
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const value = parsed(data);
      if (this.#isOpen && isSignal(value, this.id)) this.onsignal(value);
    };
    return new Promise((resolve, reject) => {
      socket.onclose = () => reject(new Error(`no meeting place answers at ${this.#url}`));
      socket.onopen = () => {
        this.#retry.up();
        socket.onclose = () => this.#lose();
        resolve();
      };
    });
  }

  #lose(): void {
    this.#retry.down();
    this.#enterLater();
  }

  #enterLater(): void {
    if (!this.#isOpen) return;
    this.#retry.again(() => {
      this.enter().then(
        () => this.onreturn(),
        () => this.#enterLater(),
      );
    });
  }
}

/** Meets others in a room of a switch that serves WebSockets: wss://host/signal?room=NAME. Resolves when it is open. */
export async function webSocketSignalling(url: string): Promise<Signalling> {
  const place = new WebSocketPlace(url);
  await place.enter();
  return place;
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
