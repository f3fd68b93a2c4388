// The network of this page: a switch, two guests on ports that it lends to their workers, and cables to other tabs and to
// the switch on Node. Each cable has a wire with faults in it, which the sliders set.

import {
  broadcastChannel,
  browserClock,
  dialWebSocket,
  type Link,
  openSwitch,
  type PageSwitch,
} from "etherloom/browser";
import { Filter } from "../../../host/wire/filter.js";
import { wireOf } from "../../../host/wire/link.js";
import { ROOM } from "../messages.js";
import { applyFaults, type Faults, NO_FAULTS } from "./faults.js";
import { Machine } from "./machine.js";
import { socketUrl } from "./news.js";
import { THREADS, type ThreadId } from "./threads.js";

/** Above those of others, so that the switch on Node is the root of the tree, whose cable a tab then keeps. */
const PRIORITY = 0x9000;

const portOf = Object.fromEntries(THREADS.map(({ id, port }) => [id, port])) as Record<ThreadId, number>;

export interface Lan {
  readonly switch: PageSwitch;
  readonly guests: Readonly<Record<"a" | "b", Machine>>;
  faultsOf(id: ThreadId): Faults;
  setFaults(id: ThreadId, faults: Faults): void;
  /** How many other tabs are on the segment of this origin. */
  readonly neighbours: number;
}

export async function openLan(onfailure: (reason: string) => void): Promise<Lan> {
  const sw = await openSwitch({
    ports: 16,
    fstp: true,
    priority: PRIORITY,
    onfailure: (error) => onfailure(error.message),
  });
  for (const { port } of THREADS) sw.ports.create(port);
  for (const id of ["a", "b"] as const) sw.fstp.setEdge(0, portOf[id], true);
  const guests = { a: new Machine(), b: new Machine() };
  for (const id of ["a", "b"] as const) guests[id].onfailure = (reason) => onfailure(`guest ${id}: ${reason}`);
  const tabs = broadcastChannel("etherloom-demo");
  const filters = { tabs: plug(sw, "tabs", tabs), node: plug(sw, "node", await uplink()) };
  const faults = new Map<ThreadId, Faults>();
  return {
    switch: sw,
    guests,
    faultsOf: (id) => faults.get(id) ?? NO_FAULTS,
    setFaults(id, wanted) {
      faults.set(id, wanted);
      if (id === "a" || id === "b") guests[id].setFaults(wanted);
      else applyFaults(filters[id], wanted);
    },
    get neighbours() {
      return tabs.peers;
    },
  };
}

/** Lends a guest its port. */
export function lendPort(sw: PageSwitch, id: "a" | "b"): ReturnType<PageSwitch["lend"]>["handle"] {
  return sw.lend({ port: portOf[id], name: `guest ${id}` }).handle;
}

function plug(sw: PageSwitch, id: ThreadId, link: Link): Filter {
  const filter = new Filter({
    seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    now: () => browserClock.now(),
  });
  const wired = wireOf(filter, browserClock)(link);
  sw.plug(wired, { port: portOf[id], description: link.name });
  return filter;
}

/** The cable to Node stays in its port when the server goes away, and is tried again. */
function uplink(): Promise<Link> {
  return dialWebSocket(socketUrl(`/room/${ROOM}`), { reconnect: { clock: browserClock } });
}
