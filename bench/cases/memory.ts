// Memory: what a switch takes when nothing is plugged in, and what it holds on to after a load.

import { setTimeout as sleep } from "node:timers/promises";
import { type Case, figure, load, range, SWITCHES, withPlugs } from "../case.js";

const PORTS = 31; // all that vde_switch has by default

export const memory: Case = {
  name: "memory",
  about: `Resident memory a second after the start, and after ${PORTS} ports have sent to each other at random.`,
  subjects: SWITCHES,
  options: {},
  figures: [figure("idle", "MB"), figure("loaded", "MB")],
  run: async (running, ms) => {
    await sleep(1000);
    const idle = running.rss;
    return withPlugs(running, PORTS, async (plugs) => {
      const all = range(PORTS);
      const send = { role: "send", ports: all, to: all, size: 1514, burst: 8 } as const;
      await load(running, [send, { role: "receive", ports: all }], plugs, ms);
      return { idle, loaded: running.rss };
    });
  },
};
