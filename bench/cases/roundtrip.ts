// Round trips: what the switch adds to the time that a frame takes, when it has nothing else to do.

import { ALL, type Case, figure, withCrew, withPlugs } from "../case.js";

const SIZE = 64;

export const roundTrip: Case = {
  name: "round-trip",
  about: `Port 1 sends one frame of ${SIZE} octets, port 2 sends it back, and only then goes the next.`,
  subjects: ALL,
  options: {},
  figures: [
    figure("p50", "µs", { against: "vde_switch", atMost: 1.1 }),
    figure("p99", "µs", { against: "vde_switch", atMost: 1.1 }),
  ],
  run: (running, ms) =>
    withPlugs(running, 2, (plugs) =>
      withCrew(
        [
          { role: "ping", ports: [0], to: 1, size: SIZE },
          { role: "echo", ports: [1] },
        ],
        plugs,
        async (crew) => {
          await crew.run(Math.min(500, ms));
          const [ping] = await crew.run(ms);
          return { p50: ping!.p50, p99: ping!.p99 };
        },
      ),
    ),
};
