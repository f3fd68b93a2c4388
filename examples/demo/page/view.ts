// What the page shows of its switch, read a few times a second. Nothing is sent anywhere to draw it.

import type { Switch } from "etherloom/browser";
import { THREADS, type Thread } from "./threads.js";

/** How many of its last readings a port keeps, for its line in the table. */
const KEPT = 90;
/** How many of them make the number that is shown. */
const SMOOTHED = 4;
/** A VLAN's number where there is none: abi.ts, VLAN_NONE. */
const VLAN_NONE = 4095;

export interface PortView {
  readonly thread: Thread;
  readonly isPlugged: boolean;
  readonly rx: { readonly frames: number; readonly octets: number };
  readonly tx: { readonly frames: number; readonly octets: number };
  readonly lost: number;
  readonly drops: Readonly<Record<string, number>>;
  /** Since the reading before. */
  readonly fresh: { readonly rx: number; readonly tx: number };
  /** Frames a second, both ways: the last readings, oldest first. */
  readonly rates: readonly number[];
  /** Frames a second, over the last few readings. */
  readonly rate: number;
  readonly addresses: readonly string[];
  readonly vlan: string;
  readonly state: "discarding" | "learning" | "forwarding" | "down";
  readonly role: string;
}

interface Memory {
  atMs: number;
  rx: number;
  tx: number;
  rates: number[];
}

export class View {
  readonly #switch: Switch;
  readonly #memories = new Map<number, Memory>();

  constructor(sw: Switch) {
    this.#switch = sw;
  }

  read(): PortView[] {
    const addresses = [...this.#switch.fdb.list()];
    return THREADS.map((thread) => this.#port(thread, addresses));
  }

  #port(thread: Thread, known: readonly { port: number; mac: string }[]): PortView {
    const { port } = thread;
    const counters = this.#switch.counters(port);
    const isPlugged = this.#switch.ports.has(port) && this.#switch.ports.get(port).endpoints.length > 0;
    return {
      thread,
      isPlugged,
      rx: { frames: counters.rxFrames, octets: counters.rxOctets },
      tx: { frames: counters.txFrames, octets: counters.txOctets },
      lost: Object.values(counters.drops).reduce((sum, count) => sum + count, 0),
      drops: counters.drops,
      ...this.#since(port, counters.rxFrames, counters.txFrames),
      addresses: [...new Set(known.filter((each) => each.port === port).map(({ mac }) => mac))],
      vlan: this.#vlan(port),
      state: isPlugged ? this.#state(port) : "down",
      role: this.#switch.fstp.enabled ? (this.#switch.fstp.branch(0, port)?.role ?? "") : "",
    };
  }

  #since(port: number, rx: number, tx: number): Pick<PortView, "fresh" | "rates" | "rate"> {
    const atMs = performance.now();
    const before = this.#memories.get(port) ?? { atMs: atMs - 1000, rx, tx, rates: new Array<number>(KEPT).fill(0) };
    const fresh = { rx: Math.max(0, rx - before.rx), tx: Math.max(0, tx - before.tx) };
    const now = ((fresh.rx + fresh.tx) * 1000) / Math.max(1, atMs - before.atMs);
    const rates = [...before.rates.slice(1 - KEPT), now];
    this.#memories.set(port, { atMs, rx, tx, rates });
    const rate = rates.slice(-SMOOTHED).reduce((sum, each) => sum + each, 0) / SMOOTHED;
    return { fresh, rates, rate };
  }

  #vlan(port: number): string {
    const { vlans } = this.#switch;
    const pvid = vlans.pvid(port);
    const tagged = [...vlans.list()].filter((vid) => vid !== pvid && vlans.isMember(vid, port));
    const texts = [
      ...(pvid === VLAN_NONE ? [] : [String(pvid)]),
      ...(vlans.isTrunk(port) ? ["trunk"] : tagged.map((vid) => `${vid} tagged`)),
    ];
    return texts.join(", ") || "none";
  }

  /** In the VLAN of its untagged frames; where it has none, in the first one that it is in. */
  #state(port: number): PortView["state"] {
    const { vlans } = this.#switch;
    const pvid = vlans.pvid(port);
    const vid = pvid === VLAN_NONE ? [...vlans.list()].find((each) => vlans.isMember(each, port)) : pvid;
    if (vid === undefined) return "discarding";
    return vlans.members(vid).find((member) => member.port === port)?.state ?? "discarding";
  }
}
