// Rooms: networks of their own on one switch. Each is a VLAN, so that nothing gets from one into another; a room that is
// a trunk carries them all. Rooms that nobody named beforehand get a VLAN of a range for as long as somebody is in them.

import * as abi from "../../../assembly/abi.js";
import { refuse } from "../../../host/errors.js";
import type { Port } from "../../../host/ports.js";
import type { Switch } from "../../../host/switch.js";
import type { Client } from "./client.js";

/** Where a room's clients are: in a VLAN, untagged, or on trunks. */
export type Place = number | "trunk";

export interface RoomOptions {
  /** Rooms by their names. */
  readonly named?: Readonly<Record<string, Place>>;
  /** VLANs for rooms of any other name, the first and the last. */
  readonly range?: readonly [number, number] | undefined;
  /** How many clients a room may have. */
  readonly clients?: number | undefined;
}

export interface Room {
  readonly name: string;
  readonly place: Place;
  readonly clients: Set<Client>;
  /** Which client has an address. */
  readonly owners: Map<number, Client>;
}

const NAME = /^[\w.-]{1,64}$/;

/** The network of who asks for no room: where every new port is. */
const NO_ROOM = "";

export class Rooms {
  readonly #switch: Switch;
  readonly #options: RoomOptions;
  readonly #rooms = new Map<string, Room>();

  constructor(sw: Switch, options: RoomOptions) {
    this.#switch = sw;
    this.#options = options;
    const { range, named = {} } = options;
    for (const vlan of [...(range ?? []), ...Object.values(named)])
      if (vlan !== "trunk" && !(Number.isInteger(vlan) && vlan >= 0 && vlan <= abi.VLAN_MAX))
        refuse("EINVAL", `a room's VLAN is 0 to ${abi.VLAN_MAX}`);
    if (range !== undefined && (range[0] < 1 || range[1] < range[0])) refuse("EINVAL", "rooms: FIRST-LAST, from 1");
  }

  /** Whether there may be a room of this name. */
  has(name: string): boolean {
    if (name === NO_ROOM || this.#named(name) !== undefined) return true;
    return this.#options.range !== undefined && NAME.test(name);
  }

  /** Whether a room carries every VLAN. */
  isTrunk(name: string): boolean {
    return this.#named(name) === "trunk";
  }

  /** The rooms with somebody in them. */
  list(): Room[] {
    return [...this.#rooms.values()];
  }

  /** Lets a client in. ENOSPC where the room is full, or there is no VLAN for one more. The caller makes sure of `leave`. */
  enter(name: string, client: Client): Room {
    const room = this.#rooms.get(name) ?? this.#open(name);
    const { clients: max = abi.PORT_MAX } = this.#options;
    if (room.clients.size >= max) refuse("ENOSPC", `room ${name} is full: ${max} are in it`);
    room.clients.add(client);
    return room;
  }

  /** A client goes. Its room goes with the last. */
  leave(room: Room, client: Client): void {
    room.clients.delete(client);
    if (room.clients.size > 0) return;
    this.#rooms.delete(room.name);
    if (!this.#isAutomatic(room.name) || room.place === "trunk") return;
    const { vlans } = this.#switch;
    if (vlans.has(room.place) && vlans.members(room.place, { trunks: false }).length === 0) vlans.remove(room.place);
  }

  /** A port for a client of a room: a new one, in its VLAN. It is removed when the client goes. */
  port({ place }: Room): Port {
    const { ports, vlans } = this.#switch;
    const port = ports.createNew();
    if (place === "trunk") vlans.setTrunk(port.id, true);
    else if (place !== 0) vlans.setPvid(port.id, place);
    return port;
  }

  /** What was named beforehand, and nothing that every object has: "constructor" is a name like others. */
  #named(name: string): Place | undefined {
    const { named = {} } = this.#options;
    return Object.hasOwn(named, name) ? named[name] : undefined;
  }

  #isAutomatic(name: string): boolean {
    return name !== NO_ROOM && this.#named(name) === undefined;
  }

  #open(name: string): Room {
    const place = name === NO_ROOM ? 0 : (this.#named(name) ?? this.#freeVlan());
    const { vlans } = this.#switch;
    if (place !== "trunk" && !vlans.has(place)) vlans.create(place);
    const room: Room = { name, place, clients: new Set(), owners: new Map() };
    this.#rooms.set(name, room);
    return room;
  }

  /** A VLAN that nobody made: one that a manager made is no room's. */
  #freeVlan(): number {
    const [first, last] = this.#options.range ?? refuse("ENOENT", "there is no such room");
    const taken = Object.values(this.#options.named ?? {});
    for (let vlan = first; vlan <= last; vlan++)
      if (!this.#switch.vlans.has(vlan) && !taken.includes(vlan)) return vlan;
    return refuse("ENOSPC", `all rooms are taken: VLANs ${first} to ${last}`);
  }
}
