// One flow: what the switch does when one endpoint sends to another as fast as it can.

import { ALL, type Case, figure, load, type Target, withPlugs } from "../case.js";

interface Demands {
  readonly delivered: readonly Target[];
  readonly loss: readonly Target[];
  readonly cpu: readonly Target[];
}

function flow(name: string, size: number, { delivered, loss, cpu }: Demands): Case {
  return {
    name,
    about: `Port 1 sends frames of ${size} octets to port 2, as fast as the switch takes them, 64 with one call.`,
    subjects: ALL,
    options: {},
    figures: [
      figure("delivered", "frames/s", ...delivered),
      figure("loss", "%", ...loss),
      figure("cpu", "µs/frame", ...cpu),
      figure("late", "frames", { atMost: 0 }),
    ],
    run: (running, ms) =>
      withPlugs(running, 2, async (plugs) => {
        const send = { role: "send", ports: [0], to: [1], size, burst: 64 } as const;
        const { delivered, loss, cpu, late } = await load(running, [send, { role: "receive", ports: [1] }], plugs, ms);
        return { delivered, loss, cpu, late };
      }),
  };
}

export const flow64 = flow("flow-64", 64, {
  delivered: [{ against: "vde_switch", atLeast: 1.9 }],
  loss: [{ atMost: 1 }],
  cpu: [
    { against: "vde_switch", atMost: 0.45 },
    { against: "floor", atMost: 1.15 },
  ],
});

export const flow1514 = flow("flow-1514", 1514, {
  delivered: [{ against: "vde_switch", atLeast: 1.5 }],
  loss: [],
  cpu: [{ against: "vde_switch", atMost: 0.5 }],
});
