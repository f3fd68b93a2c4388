// Frames that are under way while a tree changes: broadcasts of hosts, one host at each bridge, which write down the
// bridges that they pass. None may go round, and none may reach a host twice, but for what docs/protocols/fstp.md says of
// frames that were under way when a port opened.

import * as abi from "../../assembly/abi.js";
import type { Frame } from "../../host/link.js";
import type { Node } from "./places.js";

/** The port of every bridge that its host is in. */
export const HOST = 63;
const ADDRESSES = [255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 1];
const EXPERIMENT = [0x88, 0xb5]; // an EtherType for experiments, IEEE 802
const PATH_MAX = 46;
const OLD = 16;
const ID = 2;
const HOPS = 6;

interface Probe {
  readonly from: Node;
  readonly sentMs: number;
  readonly copies: Map<Node, number>;
}

/** How many frames were sent, and of those that a port's opening overtook, how many came twice and how many round. */
export interface Counts {
  sent: number;
  twice: number;
  round: number;
}

export class Probes {
  readonly counts: Counts = { sent: 0, twice: 0, round: 0 };
  /** Whether a copy too many is only counted, whatever it comes from: among bridges of the standard there are some. */
  isLenient = false;
  readonly #nodes: readonly Node[];
  readonly #probes: Probe[] = [];
  #openedMs = Number.NEGATIVE_INFINITY;

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  /** Plugs a host into a bridge, where there is none yet: an edge of the tree in each of the VLANs. */
  plug({ bridge }: Node, vids: readonly number[], nowMs: number): void {
    if (bridge.isPlugged(HOST)) return;
    bridge.setPort(HOST, { options: abi.SPAN_BPDU_FILTER }, nowMs);
    for (const vid of vids) if (vid !== 0) bridge.call(nowMs, "vlanJoin", vid, HOST);
    bridge.plug(HOST, nowMs);
  }

  /** A port has begun to forward: what was sent until now may take two ways. */
  noteOpened(nowMs: number): void {
    this.#openedMs = nowMs;
  }

  /** A broadcast of a bridge's host, and how its copies will be counted. */
  send(from: Node, vid: number, nowMs: number): { frame: Frame; copies: ReadonlyMap<Node, number> } {
    const tag = vid === 0 ? [] : [0x81, 0, vid >> 8, vid & 255];
    const id = this.#probes.length;
    const number = [id >> 24, id >> 16, id >> 8, id];
    const frame = Uint8Array.from([...ADDRESSES, this.#nodes.indexOf(from), ...tag, ...EXPERIMENT, ...number, 0]);
    const copies = new Map<Node, number>();
    this.#probes.push({ from, sentMs: nowMs, copies });
    this.counts.sent++;
    return { frame: Uint8Array.from([...frame, ...new Uint8Array(PATH_MAX)]), copies };
  }

  /** A copy leaves a bridge, which writes itself down. It must not have been here before. */
  leave(node: Node, frame: Frame, nowMs: number): void {
    const at = start(frame) + HOPS;
    const self = this.#nodes.indexOf(node);
    const hops = frame[at]!++;
    if (hops >= PATH_MAX && !this.isLenient) throw new Error(`a frame has passed ${hops} bridges`);
    frame[at + 1 + hops] = self;
    if (!frame.subarray(at + 1, at + 1 + hops).includes(self)) return;
    this.counts.round++;
    this.#require(frame, nowMs, `goes round by ${node.name}`);
  }

  /** A copy comes to a bridge's host. It must be the first. */
  hear(node: Node, frame: Frame, nowMs: number): void {
    const { copies } = this.#of(frame);
    const count = (copies.get(node) ?? 0) + 1;
    copies.set(node, count);
    if (count === 1) return;
    this.counts.twice++;
    this.#require(frame, nowMs, `reaches ${node.name} ${count} times`);
  }

  #of(frame: Frame): Probe {
    return this.#probes[new DataView(frame.buffer, frame.byteOffset).getUint32(start(frame) + ID)]!;
  }

  #require(frame: Frame, nowMs: number, what: string): void {
    const { from, sentMs } = this.#of(frame);
    if (!this.isLenient && this.#openedMs < sentMs)
      throw new Error(`a frame of ${from.name} from ${sentMs} ms ${what} at ${nowMs} ms`);
  }
}

/** Whether a frame has passed so many bridges that it may be taken for one that goes round for ever. */
export function isOld(frame: Frame): boolean {
  return frame[start(frame) + HOPS]! >= OLD;
}

/** Where a frame's type is. */
function start(frame: Frame): number {
  return frame[12] === 0x81 ? 16 : 12;
}

/** Whether a frame is one of these, and not a BPDU. */
export function isProbe(frame: Frame): boolean {
  const at = start(frame);
  return frame[at] === EXPERIMENT[0] && frame[at + 1] === EXPERIMENT[1];
}
