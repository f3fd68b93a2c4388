// A simulated network of bridges: cables with delay, loss and reordering, a clock that stands still until `run`, and the
// one thing that must hold at every step: no loop of ports that forward.

import type { Frame } from "../../host/link.js";
import { type Random, random } from "../random.js";
import { Bridge, type Dialect, type PortSettings } from "./bridge.js";
import { heardBy } from "./dialects.js";
import { type Due, Heap } from "./heap.js";
import { findLoop, Loops } from "./loops.js";
import type { Cable, Node, Place } from "./places.js";
import { HOST, isOld, isProbe, Probes } from "./probes.js";

interface Event extends Due {
  readonly node: Node;
  readonly place?: Place;
  readonly cable?: Cable;
  readonly frame?: Frame;
}

export interface Wires {
  readonly delayMs?: number;
  /** Of a thousand frames, how many are lost. */
  readonly loss?: number;
  /** Of a thousand frames, how many come up to ten delays late. */
  readonly late?: number;
}

/** How many delays after the last change hosts still talk. */
const CHATTER = 50;
/** How many delays a broadcast may take. */
const FLOOD = 400;

/** Bridges are made once and set up anew for every network: a core takes its time to begin. */
const pool: Bridge[] = [];

export class Network {
  readonly nodes: Node[] = [];
  readonly cables: Cable[] = [];
  nowMs: number;
  bpdus = 0;
  /** When a port's role or state changed last. */
  changedMs = 0;
  wires: Required<Wires>;
  /** The VLANs that are watched, each with a tree of its own. */
  vids: readonly number[] = [0];
  /** Whether it looks for loops at every step. */
  watchesLoops = true;
  /** Whether loops are counted, and not refused: among bridges of the standard there are some. */
  countsLoops = false;
  readonly loops = new Loops();
  /** Whether hosts send while things change. */
  hasTraffic = false;
  readonly probes = new Probes(this.nodes);
  readonly #random: Random;
  readonly #senders: Random;
  #probedMs = 0;
  readonly #events = new Heap<Event>();
  readonly #last = new Map<Place, string>();
  static #clockMs = 0;

  constructor(seed = 1, { delayMs = 1, loss = 0, late = 0 }: Wires = {}) {
    this.wires = { delayMs, loss, late };
    this.#random = random(seed);
    this.#senders = random(seed);
    this.nowMs = Network.#clockMs; // a core's clock never goes back
    this.changedMs = this.nowMs;
  }

  add(name: string, priority: number, mac: readonly number[]): Node {
    const bridge = pool[this.nodes.length] ?? new Bridge();
    pool[this.nodes.length] = bridge;
    bridge.reset(mac, priority, this.nowMs);
    const address = mac.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
    const node: Node = {
      name,
      id: (BigInt(priority) << 48n) | address,
      bridge,
      isUp: true,
      dueMs: Number.POSITIVE_INFINITY,
      places: [],
      dialect: "own",
      pausedMs: Number.NEGATIVE_INFINITY,
    };
    this.nodes.push(node);
    return node;
  }

  place(node: Node, port: number, settings: PortSettings = {}): Place {
    const place: Place = { node, port, isUp: true, cable: undefined };
    node.places.push(place);
    node.bridge.setPort(port, settings, this.nowMs);
    return place;
  }

  setPriority(node: Node, priority: number): void {
    node.id = (BigInt(priority) << 48n) | (node.id & 0xffff_ffff_ffffn);
    node.bridge.setPriority(priority, this.nowMs);
  }

  cable(places: readonly Place[], isShared = places.length > 2): Cable {
    const cable: Cable = { places: [...places], isUp: true, isShared };
    for (const place of places) place.cable = cable;
    this.cables.push(cable);
    return cable;
  }

  /** Lets a bridge speak as another make does. */
  speak(node: Node, dialect: Dialect): void {
    node.dialect = dialect;
    node.bridge.speak(dialect, this.nowMs);
  }

  /** Plugs and unplugs what was changed: by cables, ports and bridges that are up or down. */
  refresh(): void {
    for (const node of this.nodes) {
      for (const place of node.places) {
        const isLive = this.#isLive(place);
        if (isLive === node.bridge.isPlugged(place.port)) continue;
        if (isLive) node.bridge.plug(place.port, this.nowMs);
        else node.bridge.unplug(place.port, this.nowMs);
      }
    }
    for (const node of this.nodes) this.serve(node);
    if (this.watchesLoops) this.#watch();
  }

  /** Whether there is light at the end: a port that BPDU guard has shut is dark for the other end. */
  #isLive(place: Place): boolean {
    const { isUp, cable, node } = place;
    if (!isUp || !node.isUp || cable === undefined || !cable.isUp) return false;
    const isLit = (other: Place) => other === place || !other.node.bridge.isShut(other.port);
    return cable.isShared || cable.places.every((other) => other.isUp && other.node.isUp && isLit(other));
  }

  /** Lets time pass; with `quietMs`, only until nothing has changed for so long. Returns how long until the last change. */
  run(ms: number, quietMs = Number.POSITIVE_INFINITY): number {
    const startMs = this.nowMs;
    this.changedMs = startMs;
    this.refresh();
    for (let event = this.#events.first; event !== undefined; event = this.#events.first) {
      if (event.atMs > startMs + ms || event.atMs - this.changedMs > quietMs) break;
      this.#events.pop();
      this.nowMs = event.atMs;
      this.#handle(event);
      if (this.hasTraffic) this.#chatter();
    }
    const took = this.changedMs - startMs;
    this.nowMs = Math.max(this.nowMs, Math.min(startMs + ms, this.changedMs + quietMs));
    Network.#clockMs = this.nowMs;
    return took;
  }

  #handle(event: Event): void {
    const { node, place, cable, frame, atMs } = event;
    if (node.pausedMs > this.nowMs) {
      this.#events.push({ ...event, atMs: node.pausedMs });
      return;
    }
    if (frame !== undefined && place !== undefined) {
      if (place.cable !== cable || !cable?.isUp) return;
      node.bridge.receive(place.port, frame, this.nowMs);
    } else {
      if (node.dueMs > atMs) return;
      node.dueMs = node.bridge.tick(this.nowMs);
      this.#schedule(node);
    }
    this.serve(node);
    if (this.countsLoops && node.pausedMs !== Number.NEGATIVE_INFINITY) this.#watch();
  }

  #schedule(node: Node): void {
    this.#events.push({ atMs: node.dueMs, node });
  }

  /** Sends what a bridge has to send, and finds out when it is due next. */
  serve(node: Node): void {
    node.bridge.drain((port, frame) => this.#send(node, port, frame));
    if (node.bridge.isHurried()) {
      const dueMs = node.bridge.tick(this.nowMs);
      if (dueMs !== node.dueMs) {
        node.dueMs = dueMs;
        this.#schedule(node);
      }
      node.bridge.drain((port, frame) => this.#send(node, port, frame));
    }
    if (this.#note(node) && this.watchesLoops) this.#watch();
  }

  /** Notes the roles and states of a bridge's ports. Returns whether any changed. */
  #note(node: Node): boolean {
    let changed = false;
    for (const place of node.places) {
      const now = this.vids.map((vid) => shown(place, vid)).join();
      const last = this.#last.get(place);
      if (last === now) continue;
      if (opens(last, now)) this.probes.noteOpened(this.nowMs);
      this.#last.set(place, now);
      this.changedMs = this.nowMs;
      changed = true;
    }
    return changed;
  }

  #send(node: Node, port: number, frame: Frame): void {
    const isData = isProbe(frame);
    if (!isData) this.bpdus++;
    else if (port === HOST) this.probes.hear(node, frame, this.nowMs);
    else this.probes.leave(node, frame, this.nowMs);
    const from = node.places.find((place) => place.port === port);
    const cable = from?.cable;
    if (cable === undefined || !cable.isUp) return;
    const { loss, late } = this.wires;
    const { delayMs = this.wires.delayMs } = cable;
    if (isData && this.countsLoops && isOld(frame)) return; // or it would multiply for as long as the loop lasts
    for (const place of cable.places) {
      if (place === from || (!isData && this.#random.below(1000) < loss)) continue;
      const extra = this.#random.below(1000) < late ? this.#random.below(10 * delayMs + 1) : 0;
      const heard = isData ? frame : heardBy(place.node.dialect, frame, node.dialect);
      if (heard === undefined) continue;
      this.#events.push({ atMs: this.nowMs + delayMs + extra, node: place.node, place, cable, frame: heard });
    }
  }

  /** While things change, and shortly after, lets a host say something about as often as a frame takes to pass a cable. */
  #chatter(): void {
    const { delayMs } = this.wires;
    if (this.nowMs - this.changedMs > CHATTER * delayMs || this.nowMs - this.#probedMs < delayMs) return;
    this.#probedMs = this.nowMs;
    const from = this.#senders.pick(this.nodes);
    if (from.pausedMs <= this.nowMs) this.broadcast(from, this.#senders.pick(this.vids));
  }

  /** Lets the host of a bridge broadcast. Returns how many copies reach each host, as they do. */
  broadcast(from: Node, vid = 0): ReadonlyMap<Node, number> {
    for (const node of this.nodes) this.probes.plug(node, this.vids, this.nowMs);
    const { frame, copies } = this.probes.send(from, vid, this.nowMs);
    from.bridge.receive(HOST, frame, this.nowMs);
    this.serve(from);
    return copies;
  }

  /** Lets a host broadcast, and waits until the frame has come everywhere. Returns how many copies reached each host. */
  flood(from: Node, vid = 0): ReadonlyMap<Node, number> {
    const copies = this.broadcast(from, vid);
    this.run(FLOOD * this.wires.delayMs);
    return copies;
  }

  /** Looks for a loop now that something has changed. */
  #watch(): void {
    if (this.countsLoops) this.loops.look(this.nodes, this.vids, this.nowMs);
    else this.requireNoLoop();
  }

  requireNoLoop(): void {
    for (const vid of this.vids) {
      const loop = findLoop(this.nodes, vid, this.nowMs);
      if (loop !== undefined) throw new Error(`a loop through ${loop} in VLAN ${vid} at ${this.nowMs} ms`);
    }
  }
}

/** What a port does in a VLAN, in two letters. */
function shown({ node: { bridge }, port }: Place, vid: number): string {
  if (!bridge.isPlugged(port)) return "..";
  return bridge.roleOf(port, vid)[0] + (bridge.isForwarding(port, vid) ? "+" : "-");
}

/** Whether a port forwards in a VLAN now where it did not. */
function opens(before: string | undefined, now: string): boolean {
  return [...now].some((letter, i) => letter === "+" && before?.[i] !== "+");
}
