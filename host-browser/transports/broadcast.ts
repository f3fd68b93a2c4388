// All tabs of one origin on one segment, without a server and without one tab in the middle. A tab is called on a channel
// of its own, so that the others do not hear what is for it; a channel for all is for saying who is there.

import { BaseLink } from "../../host/base-link.js";
import type { Frame } from "../../host/link.js";
import { Mesh } from "../../host/mesh.js";
import { hold, onceGone, uniqueName } from "../alive.js";
import { browserClock } from "../clock.js";
import { PathIn, PathOut } from "../path.js";

/** On the channel for all: who came, and who goes. */
interface Presence {
  readonly from: string;
  readonly isHere: boolean;
}

/** On a tab's own channel: frames, how much was taken of them, or "I am here, too". */
interface Message {
  readonly from: string;
  readonly frames?: Uint8Array;
  readonly taken?: number;
}

interface Peer {
  readonly channel: BroadcastChannel;
  readonly out: PathOut;
  readonly in: PathIn;
  readonly forget: () => void;
}

class BroadcastLink extends BaseLink {
  readonly isShared = true;
  readonly #id = uniqueName();
  readonly #topic: string;
  readonly #mesh = new Mesh(browserClock);
  readonly #peers = new Map<string, Peer>();
  readonly #all: BroadcastChannel;
  readonly #own: BroadcastChannel;
  readonly #release: () => void;
  readonly #onhide = () => this.#say(false);
  readonly #onshow = () => this.#say(true);

  constructor(topic: string) {
    super(`broadcast ${topic}`);
    this.#topic = `etherloom/${topic}`;
    this.#all = new BroadcastChannel(this.#topic);
    this.#own = new BroadcastChannel(this.#channelOf(this.#id));
    this.#all.onmessage = ({ data }: MessageEvent<Presence>) => this.#hearPresence(data);
    this.#own.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#release = hold(this.#channelOf(this.#id), () => this.#say(true));
    globalThis.addEventListener?.("pagehide", this.#onhide);
    globalThis.addEventListener?.("pageshow", this.#onshow);
  }

  /** How many others are on the segment. */
  get peers(): number {
    return this.#peers.size;
  }

  /** With nobody there, a frame is lost as it is on a cable. */
  send(frame: Frame): boolean {
    return this.isOpen && this.#mesh.send(frame);
  }

  override close(): void {
    for (const { out } of this.#peers.values()) out.flush();
    this.#say(false);
    super.close();
  }

  protected shut(): void {
    globalThis.removeEventListener?.("pagehide", this.#onhide);
    globalThis.removeEventListener?.("pageshow", this.#onshow);
    for (const id of [...this.#peers.keys()]) this.#remove(id);
    this.#all.close();
    this.#own.close();
    this.#release();
  }

  #channelOf(id: string): string {
    return `${this.#topic}/${id}`;
  }

  #say(isHere: boolean): void {
    if (this.isOpen) this.#all.postMessage({ from: this.#id, isHere } satisfies Presence);
  }

  #hearPresence(presence: Presence | null): void {
    const from = presence?.from;
    if (typeof from !== "string" || from === this.#id) return;
    if (presence?.isHere === true) this.#add(from);
    else this.#remove(from);
  }

  /** From whom nobody has heard before, this is the answer to "I am here". */
  #hear(message: Message | null): void {
    const from = message?.from;
    if (typeof from !== "string" || from === this.#id) return;
    const peer = this.#peers.get(from) ?? this.#add(from);
    if (peer === undefined) return;
    peer.in.hear(message?.frames);
    peer.out.credit(message?.taken);
  }

  #add(id: string): Peer | undefined {
    const known = this.#peers.get(id);
    if (known !== undefined) return known;
    const channel = new BroadcastChannel(this.#channelOf(id));
    const post = (message: Omit<Message, "from">) => channel.postMessage({ from: this.#id, ...message });
    const out = new PathOut((message) => post({ frames: exact(message) }));
    if (!this.#mesh.add(id, (frame) => out.send(frame))) {
      channel.close();
      return undefined;
    }
    const take = (frame: Frame) => {
      this.#mesh.learn(id, frame);
      this.take(frame);
    };
    const into = new PathIn(take, (taken) => post({ taken }));
    const peer = { channel, out, in: into, forget: onceGone(this.#channelOf(id), () => this.#remove(id)) };
    this.#peers.set(id, peer);
    post({});
    return peer;
  }

  #remove(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    this.#mesh.remove(id);
    peer.forget();
    peer.out.close();
    peer.channel.close();
  }
}

/** A channel has no way to hand memory over, and copies all that is behind a view. */
function exact(message: Uint8Array): Uint8Array {
  return message.length === message.buffer.byteLength ? message : message.slice();
}

/** A link to all tabs and workers of this origin that use the same name. */
export function broadcastChannel(name = "lan"): BroadcastLink {
  return new BroadcastLink(name);
}
