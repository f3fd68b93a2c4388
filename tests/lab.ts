// A switch on a bench: stations in its ports that say frames and hear frames, as words (see frame.ts), and a clock that
// moves only when it is told to.

import { LocalEngine } from "../host/engine.js";
import type { Frame, Link } from "../host/link.js";
import { linkPair } from "../host/link-pair.js";
import type { Endpoint } from "../host/ports.js";
import { Switch, type SwitchOptions } from "../host/switch.js";
import { loadCore } from "../host-node/wasm.js";
import { type StillClock, stillClock } from "./clock.js";
import { frame, words } from "./frame.js";

export { frame, mac, macOf, words } from "./frame.js";

/** A station, and how its port is set up. VLANs that it names are made. */
export interface Setup {
  readonly port: number;
  /** The VLAN of untagged frames, 4095 for none. */
  readonly vlan?: number;
  readonly tagged?: readonly number[];
  readonly trunk?: boolean;
}

/** What is plugged into a port, seen from outside. */
export interface Station {
  readonly port: number;
  readonly endpoint: Endpoint;
  readonly link: Link;
  /** The frames that it got since `heard` was emptied. */
  heard: Frame[];
}

export const MAC = Uint8Array.of(2, 0, 0, 0, 0xee, 0);

/** What the hash is keyed with, unless a test says otherwise: the same in every run. */
export const SECRET: readonly bigint[] = [0x9e3779b97f4a7c15n, 0xc2b2ae3d27d4eb4fn];

/** Three untagged ports in VLAN 0. */
export const plain: readonly Setup[] = [{ port: 1 }, { port: 2 }, { port: 3 }];

/** A switch over a core of its own on this thread. `secret` keys its hash. */
export function makeSwitch(clock: StillClock, options: Partial<SwitchOptions> = {}, secret = SECRET) {
  const engine = new LocalEngine(loadCore(), clock, BigUint64Array.from(secret));
  return { engine, core: engine.core, sw: new Switch(engine, { mac: MAC, ports: 64, ...options }) };
}

/** Plugs a station into a port. */
export function plugStation(sw: Switch, port: number): Station {
  const [inside, link] = linkPair();
  const station: Station = {
    port,
    link,
    heard: [],
    endpoint: sw.plug(inside, { port, description: `station ${port}` }),
  };
  link.onframe = (octets) => void station.heard.push(octets.slice());
  return station;
}

/** Sets a port up in its VLANs. */
export function setUp(sw: Switch, { port, vlan = 0, tagged = [], trunk = false }: Setup): void {
  for (const vid of [vlan, ...tagged]) if (vid !== 4095 && !sw.vlans.has(vid)) sw.vlans.create(vid);
  if (vlan !== 0) sw.vlans.setPvid(port, vlan);
  for (const vid of tagged) sw.vlans.addPort(vid, port);
  if (trunk) sw.vlans.setTrunk(port, true);
}

export function lab(
  setups: readonly Setup[] = plain,
  options: Partial<SwitchOptions> = {},
  secret?: readonly bigint[],
) {
  const clock = stillClock();
  const made = makeSwitch(clock, options, secret);
  const stations: Station[] = [];

  function plug(setup: Setup): Station {
    const station = plugStation(made.sw, setup.port);
    setUp(made.sw, setup);
    stations.push(station);
    return station;
  }

  /** Lets time pass, and then returns what the stations heard, by port: "2: a > b". */
  function pass(ms: number): string[] {
    clock.pass(ms);
    return [...stations].sort((a, b) => a.port - b.port).flatMap(listen);
  }

  /** Lets the station in a port say frames, one after the other. Returns what the others heard. */
  function say(from: number | Station, ...frames: readonly (string | Frame)[]): string[] {
    const station = typeof from === "number" ? stations.find(({ port }) => port === from) : from;
    if (station === undefined) throw new RangeError(`no station in port ${from}`);
    for (const each of frames) station.link.send(typeof each === "string" ? frame(each) : each);
    return pass(0);
  }

  for (const setup of setups) plug(setup);
  return { ...made, clock, stations, plug, pass, say };
}

function listen(station: Station): string[] {
  const heard = station.heard.map((octets) => `${station.port}: ${words(octets)}`);
  station.heard = [];
  return heard;
}
