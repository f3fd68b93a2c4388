// Many ports: what the switch does when it finds a few frames at each of many sockets.

import { type Case, figure, load, range, SWITCHES, withPlugs } from "../case.js";

const SIZE = 64;
const BURST = 8; // what a port sends in a row: a window's worth of segments, not a flood

function random(ports: number, atLeast: number): Case {
  return {
    name: `random-${ports}`,
    about: `Of ${ports} ports, one picked at random sends ${BURST} frames of ${SIZE} octets, each to another one picked at random.`,
    subjects: SWITCHES,
    options: { ports: 300 },
    figures: [
      figure("delivered", "frames/s", { against: "vde_switch", atLeast }),
      figure("loss", "%"),
      figure("cpu", "µs/frame"),
      figure("late", "frames", { atMost: 0 }),
      figure("strays", "frames", { atMost: 0 }),
    ],
    run: (running, ms) =>
      withPlugs(running, ports, async (plugs) => {
        const all = range(ports);
        const send = { role: "send", ports: all, to: all, size: SIZE, burst: BURST } as const;
        const outcome = await load(running, [send, { role: "receive", ports: all }], plugs, ms);
        const { delivered, loss, cpu, late, strays } = outcome;
        return { delivered, loss, cpu, late, strays };
      }),
  };
}

export const random32 = random(32, 1.3);
export const random256 = random(256, 2);

const PORTS = 32;

export const broadcast32: Case = {
  name: "broadcast-32",
  about: `Of ${PORTS} ports, one picked at random broadcasts ${BURST} frames of ${SIZE} octets; copies are counted.`,
  subjects: SWITCHES,
  options: { ports: 300 },
  figures: [
    figure("delivered", "copies/s", { against: "vde_switch", atLeast: 1.2 }),
    figure("loss", "%"),
    figure("cpu", "µs/copy"),
  ],
  run: (running, ms) =>
    withPlugs(running, PORTS, async (plugs) => {
      const all = range(PORTS);
      const send = { role: "send", ports: all, to: "all", size: SIZE, burst: BURST } as const;
      const { delivered, cpu, reports } = await load(running, [send, { role: "receive", ports: all }], plugs, ms);
      const [sent, got] = [reports[0]!.sent, reports[1]!.received];
      return { delivered, loss: 100 * (1 - got / (sent * (PORTS - 1))), cpu };
    }),
};
