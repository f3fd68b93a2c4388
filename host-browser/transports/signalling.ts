// How two browsers find each other before they can speak: somebody carries their few messages. Who does is pluggable.

import { uniqueName } from "../alive.js";

/** A message of one peer to another, or to all who are there where `to` is absent. */
export interface Signal {
  readonly from: string;
  readonly to?: string;
  /** What WebRTC has to tell: nothing in "I am here". */
  readonly description?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
  readonly isGone?: boolean;
}

/** A meeting place. What it hears may come from anybody. */
export interface Signalling {
  /** The name of this peer there. */
  readonly id: string;
  onsignal: (signal: Signal) => void;
  /** Runs when the place is gone. Paths that are open already stay. */
  onclose: () => void;
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
    onclose: () => {},
    send: (signal) => channel.postMessage({ ...signal, from: id }),
    close: () => channel.close(),
  };
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isSignal(data, id)) place.onsignal(data);
  };
  return place;
}

/** Meets others in a room of a switch that serves WebSockets: wss://host/signal?room=NAME. Resolves when it is open. */
export function webSocketSignalling(url: string): Promise<Signalling> {
  const id = uniqueName();
  const socket = new WebSocket(url, "etherloom-signal.1");
  const place: Signalling = {
    id,
    onsignal: () => {},
    onclose: () => {},
    send(signal) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ...signal, from: id }));
    },
    close: () => socket.close(),
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    const value = parsed(data);
    if (isSignal(value, id)) place.onsignal(value);
  };
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(place);
    socket.onclose = () => {
      reject(new Error(`no meeting place answers at ${url}`));
      place.onclose();
    };
  });
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
