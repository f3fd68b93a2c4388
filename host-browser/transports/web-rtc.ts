// Browsers on one segment by WebRTC, each with a data channel to each: frames go by no server. Of two who meet, the one
// whose name is greater calls.

import { BaseLink } from "../../host/base-link.js";
import type { Frame, Link } from "../../host/link.js";
import { Mesh } from "../../host/mesh.js";
import { browserClock } from "../clock.js";
import { CABLE, dataChannel } from "./data-channel.js";
import type { Signal, Signalling } from "./signalling.js";

export interface WebRtcOptions {
  readonly signalling: Signalling;
  /** STUN and TURN servers. None by default: then peers meet in one network, and no server hears of it. */
  readonly configuration?: RTCConfiguration;
}

interface Peer {
  readonly connection: RTCPeerConnection;
  /** Candidates wait until the description is there that they belong to. */
  ready: Promise<unknown>;
  link?: Link;
  /** Whether frames could go, once. */
  wasOpen: boolean;
  /** Ends the wait for that. */
  readonly callOff: () => void;
}

class WebRtcLink extends BaseLink {
  readonly isShared = true;
  readonly #signalling: Signalling;
  readonly #configuration: RTCConfiguration;
  readonly #mesh = new Mesh(browserClock);
  readonly #peers = new Map<string, Peer>();

  constructor({ signalling, configuration = {} }: WebRtcOptions) {
    super("rtc");
    this.#signalling = signalling;
    this.#configuration = configuration;
    signalling.onsignal = (signal) => this.#hear(signal);
    signalling.onreturn = () => signalling.send({ isBack: true });
    signalling.send({});
  }

  /** How many others there is an open path to. */
  get peers(): number {
    return this.#mesh.peers.length;
  }

  send(frame: Frame): boolean {
    return this.isOpen && this.#mesh.send(frame);
  }

  protected shut(): void {
    this.#signalling.send({ isGone: true });
    this.#signalling.close();
    for (const id of [...this.#peers.keys()]) this.#remove(id);
  }

  #hear(signal: Signal): void {
    if (!this.isOpen) return;
    const { from, description, candidate, isGone } = signal;
    if (isGone) this.#remove(from);
    else if (description !== undefined) this.#describe(from, description);
    else if (candidate !== undefined) this.#tryCandidate(from, candidate);
    else this.#meet(signal);
  }

  /** Somebody is here. What there was with one who is new is of its past. */
  #meet({ from, to, isBack }: Signal): void {
    const isForAll = to === undefined;
    if (isForAll && !isBack) this.#remove(from);
    if (this.#peers.has(from)) return;
    if (this.#mayCall(from)) this.#call(from);
    else if (isForAll) this.#ask(from);
  }

  #mayCall(id: string): boolean {
    return this.#signalling.id > id;
  }

  /** Who must not call says that he is here, so that the other one does. */
  #ask(id: string): void {
    this.#signalling.send({ to: id });
  }

  #call(id: string): void {
    const peer = this.#add(id);
    if (peer === undefined) return;
    this.#adopt(id, peer, peer.connection.createDataChannel("etherloom", CABLE));
    this.#try(id, peer, async ({ connection }) => {
      await connection.setLocalDescription();
      this.#sendDescription(id, connection);
    });
  }

  #describe(id: string, description: RTCSessionDescriptionInit): void {
    if (description.type === "offer") this.#remove(id);
    const peer = this.#peers.get(id) ?? (description.type === "offer" ? this.#add(id) : undefined);
    if (peer === undefined) return;
    this.#try(id, peer, async ({ connection }) => {
      await connection.setRemoteDescription(description);
      if (description.type !== "offer") return;
      await connection.setLocalDescription();
      this.#sendDescription(id, connection);
    });
  }

  #tryCandidate(id: string, candidate: RTCIceCandidateInit): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) this.#try(id, peer, ({ connection }) => connection.addIceCandidate(candidate));
  }

  #sendDescription(to: string, { localDescription }: RTCPeerConnection): void {
    if (localDescription !== null) this.#signalling.send({ to, description: localDescription.toJSON() });
  }

  /** One step after the other. A peer who says what WebRTC cannot follow is let go. */
  #try(id: string, peer: Peer, step: (peer: Peer) => Promise<unknown>): void {
    const isGone = () => this.#peers.get(id) !== peer;
    peer.ready = peer.ready.then(() => (isGone() ? undefined : step(peer))).catch(() => this.#drop(id, peer));
  }

  #add(id: string): Peer | undefined {
    if (this.#peers.size >= PEERS_MAX) return undefined;
    const connection = new RTCPeerConnection(this.#configuration);
    const callOff = browserClock.after(CALL_MS, () => this.#lose(id, peer));
    const peer: Peer = { connection, ready: Promise.resolve(), wasOpen: false, callOff };
    this.#peers.set(id, peer);
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null) this.#signalling.send({ to: id, candidate: candidate.toJSON() });
    };
    connection.ondatachannel = ({ channel }) => this.#adopt(id, peer, channel);
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === "failed") this.#lose(id, peer);
    };
    return peer;
  }

  #adopt(id: string, peer: Peer, channel: RTCDataChannel): void {
    const link = dataChannel(channel, `rtc ${id}`);
    peer.link = link;
    link.onframe = (frame) => {
      this.#mesh.learn(id, frame);
      this.take(frame);
    };
    link.onclose = () => this.#lose(id, peer);
    const join = () => {
      peer.wasOpen = true;
      peer.callOff();
      this.#mesh.add(id, (frame) => link.send(frame));
    };
    if (channel.readyState === "open") join();
    else channel.onopen = join;
  }

  /** A path broke, or did not come about. One that was open is laid again: networks change under tabs that stay. */
  #lose(id: string, peer: Peer): void {
    if (!this.#drop(id, peer) || !peer.wasOpen) return;
    if (this.#mayCall(id)) this.#call(id);
    else this.#ask(id);
  }

  /** Removes a peer, unless another path to it has taken its place. */
  #drop(id: string, peer: Peer): boolean {
    const isThere = this.#peers.get(id) === peer;
    if (isThere) this.#remove(id);
    return isThere;
  }

  #remove(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    peer.callOff();
    this.#mesh.remove(id);
    peer.link?.close();
    peer.connection.close();
  }
}

/** What a browser bears of connections, and a mesh of anybody's makes sense with. */
const PEERS_MAX = 64;
/** How long a peer may take until frames can go. */
const CALL_MS = 30_000;

/** A link to all browsers that meet at the same place. It is there at once, and peers come and go. */
export function webRtc(options: WebRtcOptions): WebRtcLink {
  return new WebRtcLink(options);
}
