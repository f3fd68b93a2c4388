// Round trips: what the switch adds to the time that a frame takes, when it has nothing else to do.

import { pin } from "../affinity.js";
import { ALL, type Case, figure, withCrew, withPlugs } from "../case.js";
import type { Order } from "../orders.js";

const SIZE = 64;
const ORDERS: readonly Order[] = [
  { role: "ping", ports: [0], to: 1, size: SIZE },
  { role: "echo", ports: [1] },
];

export const roundTrip: Case = {
  name: "round-trip",
  about: `Port 1 sends one frame of ${SIZE} octets, port 2 sends it back, and only then goes the next.`,
  subjects: ALL,
  options: {},
  figures: [
    figure("p50", "µs", { against: "vde_switch", atMost: 1.1 }),
    figure("p99", "µs", { against: "vde_switch", atMost: 1.1 }),
    figure("p50 free", "µs"),
    figure("p99 free", "µs"),
  ],
  run: (running, ms) =>
    withPlugs(running, 2, (plugs) =>
      withCrew(ORDERS, plugs, async (crew) => {
        await crew.run(Math.min(500, ms));
        const [free] = await crew.run(ms);
        // Free to move, the three take 25 or 80 µs by whether the scheduler has put them where they must wake a processor.
        for (const pid of [running.pid, ...crew.pids]) pin(pid);
        const [pinned] = await crew.run(ms);
        return { p50: pinned!.p50, p99: pinned!.p99, "p50 free": free!.p50, "p99 free": free!.p99 };
      }),
    ),
};
