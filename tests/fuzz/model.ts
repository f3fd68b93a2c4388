// A switch as naive as can be: what the core must agree with, frame by frame. It knows no queues, no hashing and no
// memory; what it knows is 802.1D, 802.1Q, and when an address may move.

import { refuse } from "../../host/errors.js";
import type { Frame } from "../../host/link.js";

interface ModelPort {
  pvid: number;
  trunk: boolean;
  readonly tagged: Set<number>;
}

const NONE = 4095;
const REFRESH_MS = 1000;
export const EXPIRE_MS = 100_000;
const PERSIST_MS = 3_000;

export class Model {
  nowMs = 0;
  hub = false;
  transparent = false;
  readonly ports = new Map<number, ModelPort>();
  readonly open = new Set<number>();
  readonly vlans = new Set([0]);
  readonly fdb = new Map<string, { port: number; seenMs: number }>();

  /** What leaves by each port for a frame that comes in by one. */
  receive(ingress: number, frame: Frame): Map<number, Frame> {
    if (frame.length < 14 || frame.length > 9216) return new Map();
    if (this.hub) return this.#to([...this.open], ingress, () => frame);
    const tagged = frame[12] === 0x81 && frame[13] === 0;
    if (tagged && frame.length < 18) return new Map();
    const named = tagged ? word(frame, 14) & 0xfff : 0;
    const namesNone = !tagged || (named === 0 && this.#membership(ingress, 0) !== "tagged");
    const vid = namesNone ? this.#port(ingress).pvid : named;
    if (vid >= NONE || this.#membership(ingress, vid) === "none") return new Map();
    if (/^0180c200000./.test(hex(frame, 0)) && !this.transparent) return new Map();
    if ((frame[6]! & 1) === 0) this.#learn(`${vid} ${hex(frame, 6)}`, ingress);
    const known = (frame[0]! & 1) === 0 ? this.#lookup(`${vid} ${hex(frame, 0)}`) : undefined;
    return this.#to(known === undefined ? [...this.open] : [known], ingress, (port) =>
      this.#leave(frame, tagged, vid, port),
    );
  }

  #to(ports: readonly number[], ingress: number, leave: (port: number) => Frame | undefined): Map<number, Frame> {
    const out = new Map<number, Frame>();
    for (const port of ports) {
      const frame = port === ingress ? undefined : leave(port);
      if (frame !== undefined) out.set(port, frame);
    }
    return out;
  }

  #leave(frame: Frame, tagged: boolean, vid: number, port: number): Frame | undefined {
    const out = this.#membership(port, vid);
    if (out === "none") return undefined;
    const rest = frame.subarray(tagged ? 16 : 12);
    if (out === "untagged")
      return tagged && [0x8100, 0x88a8].includes(word(rest, 0)) ? undefined : join(frame.subarray(0, 12), rest);
    const tci = (tagged ? word(frame, 14) & 0xf000 : 0) | vid;
    return join(frame.subarray(0, 12), [0x81, 0, tci >> 8, tci & 255], rest);
  }

  #membership(id: number, vid: number): "untagged" | "tagged" | "none" {
    const { pvid, tagged, trunk } = this.#port(id);
    if (vid === pvid) return "untagged";
    return tagged.has(vid) || (trunk && vid !== 0) ? "tagged" : "none";
  }

  #learn(key: string, port: number): void {
    const entry = this.fdb.get(key);
    const silentMs = entry === undefined ? Number.POSITIVE_INFINITY : this.nowMs - entry.seenMs;
    if (entry?.port === port ? silentMs >= REFRESH_MS : silentMs > PERSIST_MS)
      this.fdb.set(key, { port, seenMs: this.nowMs });
  }

  #lookup(key: string): number | undefined {
    const entry = this.fdb.get(key);
    return entry !== undefined && this.nowMs - entry.seenMs <= EXPIRE_MS ? entry.port : undefined;
  }

  #port(id: number): ModelPort {
    return this.ports.get(id) ?? refuse("ENXIO");
  }

  /** Forgets the addresses that `which` picks. */
  flush(which: (vid: number, port: number) => boolean): void {
    for (const [key, { port }] of this.fdb) if (which(Number.parseInt(key, 10), port)) this.fdb.delete(key);
  }

  plug(id: number): void {
    if (!this.ports.has(id)) this.ports.set(id, { pvid: 0, trunk: false, tagged: new Set() });
    this.open.add(id);
  }

  /** The last endpoint went. */
  shut(id: number): void {
    this.open.delete(id);
    this.flush((_, port) => port === id);
  }

  remove(id: number): void {
    this.#port(id);
    if (this.open.has(id)) refuse("EADDRINUSE");
    this.ports.delete(id);
  }

  createVlan(vid: number): void {
    if (vid < 1 || vid >= NONE || this.vlans.has(vid)) refuse("EINVAL");
    this.vlans.add(vid);
  }

  removeVlan(vid: number): void {
    const isUsed = [...this.ports.values()].some(({ pvid, tagged }) => pvid === vid || tagged.has(vid));
    if (vid === 0 || isUsed || !this.vlans.delete(vid)) refuse("EINVAL");
    this.flush((each) => each === vid);
  }

  join(vid: number, id: number): void {
    const { pvid, tagged } = this.#port(id);
    if (!this.vlans.has(vid)) refuse("ENXIO");
    if (pvid !== vid) tagged.add(vid);
  }

  leave(vid: number, id: number): void {
    const { pvid, tagged } = this.#port(id);
    if (!this.vlans.has(vid) || pvid === vid) refuse("EINVAL");
    tagged.delete(vid);
    this.flush((_, port) => port === id);
  }

  setPvid(id: number, vid: number): void {
    const port = this.#port(id);
    if (vid !== NONE && !this.vlans.has(vid)) refuse("ENXIO");
    port.pvid = vid;
    port.tagged.delete(vid);
    this.flush((_, other) => other === id);
  }

  setTrunk(id: number, on: boolean): void {
    this.#port(id).trunk = on;
    this.flush((_, port) => port === id);
  }
}

function word(octets: Frame, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
}

function hex(octets: Frame, at: number): string {
  return Array.from(octets.subarray(at, at + 6), (octet) => octet.toString(16).padStart(2, "0")).join("");
}

function join(...parts: readonly (Frame | readonly number[])[]): Frame {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
