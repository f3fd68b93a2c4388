// Cables: between two switches of ours by each subject's tools, between two switches of each subject, and what becomes of a
// burst. The tools are what is compared, so that the switches are the same but where it says otherwise.

import { type ChildProcess, execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Case, figure, load, SWITCHES, type Target } from "../case.js";
import { Frame } from "../frame.js";
import { drain, type Plug, plug, reaches, unplug } from "../plug.js";
import { familyTime } from "../processor.js";
import { hostProgram, type SubjectName, subjectNamed } from "../subjects.js";
import { Switch } from "../switch.js";
import { lacksTools, tool, withTools } from "../tools.js";
import { Vector } from "../vector.js";
import { lacksTaps, TAPS, tcpBetweenTaps } from "./tap.js";

const NO_SLOWER: Target = { against: "vde_switch", atLeast: 1 };
const TRIES = 100;

/** What joins two switches, by the folders where they listen. */
type Cable = (subject: SubjectName, near: string, far: string) => readonly string[];

const CABLES: Readonly<Record<string, Cable>> = {
  plug: (subject, near, far) => [tool(subject, "vde_plug"), near, far],
  dpipe: (subject, near, far) => {
    const end = tool(subject, "vde_plug");
    return [tool(subject, "dpipe"), end, near, "=", end, far];
  },
};

/** An endpoint in each of two switches that are joined, as soon as frames pass. */
async function withEnds<T>(near: Switch, far: Switch, use: (ends: readonly Plug[]) => Promise<T>): Promise<T> {
  const ends = [plug(near.dir), plug(far.dir)];
  const [here, there] = ends as [Plug, Plug];
  try {
    for (let i = 0; !reaches(there, here, 1); i++) {
      if (i === TRIES) throw new Error("no frame crosses the cable");
      await sleep(50);
    }
    reaches(here, there, 0);
    drain(ends);
    return await use(ends);
  } finally {
    ends.forEach(unplug);
  }
}

/** Processes whose time is the cable's. */
function familyOf({ pid }: ChildProcess) {
  return {
    get cpu(): number {
      return familyTime(pid!);
    },
  };
}

/** One port of the one sends to one of the other, as fast as it can. */
async function across(near: Switch, far: Switch, size: number, ms: number, joining: { readonly cpu: number }) {
  return await withEnds(near, far, async (ends) => {
    const send = { role: "send", ports: [0], to: [1], size, burst: 64 } as const;
    const orders = [send, { role: "receive", ports: [1] }] as const;
    const { delivered, loss, late, cpu } = await load(joining, orders, ends, ms);
    return { delivered, loss, late, cpu };
  });
}

function cable(name: keyof typeof CABLES, words: string, size: number): Case {
  return {
    name: `${name}-${size}`,
    about: `${words} between two switches of ours, by each subject's tools: a flow of frames of ${size} octets.`,
    subjects: SWITCHES,
    on: "etherloom",
    options: {},
    figures: [
      figure("delivered", "frames/s", NO_SLOWER),
      figure("cpu", "µs/frame", { against: "vde_switch", atMost: 1 }),
      figure("loss", "%"),
      figure("late", "frames", { atMost: 0 }),
    ],
    lacks: () => lacksTools("vde_plug", "dpipe"),
    run: async (near, ms, subject) => {
      const far = await Switch.start(subjectNamed("etherloom"), {});
      try {
        const line = CABLES[name]!(subject, near.dir, far.dir);
        return await withTools([line], (child) => across(near, far, size, ms, familyOf(child)));
      } finally {
        await far.stop();
      }
    },
  };
}

export const plug64 = cable("plug", "vde_plug A B", 64);
export const plug1514 = cable("plug", "vde_plug A B", 1514);
export const dpipe64 = cable("dpipe", "dpipe vde_plug A = vde_plug B", 64);
export const dpipe1514 = cable("dpipe", "dpipe vde_plug A = vde_plug B", 1514);

export const trunk: Case = {
  name: "trunk-1514",
  about: "Two switches of a subject, joined: ours by --link, VDE's by vde_plug A B: a flow of frames of 1514 octets.",
  subjects: SWITCHES,
  options: {},
  figures: [figure("delivered", "frames/s", NO_SLOWER), figure("loss", "%"), figure("late", "frames", { atMost: 0 })],
  lacks: () => lacksTools("vde_plug"),
  run: async (near, ms, subject) => {
    const isOurs = subject === "etherloom";
    const far = await Switch.start(subjectNamed(subject), isOurs ? { link: near.dir } : {});
    try {
      if (isOurs) return await across(near, far, 1514, ms, far);
      const line = CABLES["plug"]!(subject, near.dir, far.dir);
      return await withTools([line], () => across(near, far, 1514, ms, far));
    } finally {
      await far.stop();
    }
  },
};

const BURST = 2_000;
const BURST_SIZE = 64;
const SILENCE = 5;
const LATE_MS = 300;

/** Frames of the load as vde_plug reads them from a pipe: each behind its length. */
function framedBurst(): Uint8Array {
  const octets = new Uint8Array(BURST * (2 + BURST_SIZE));
  for (let i = 0; i < BURST; i++) {
    const at = i * (2 + BURST_SIZE);
    octets[at + 1] = BURST_SIZE;
    const frame = new Frame(octets.buffer, at + 2, BURST_SIZE);
    frame.address(1, undefined);
    frame.number = i + 1;
  }
  return octets;
}

/** Frames that arrive until nothing has come for half a second. */
async function countAt({ data }: Plug): Promise<number> {
  const vector = new Vector(64);
  let [count, silent] = [0, 0];
  while (silent < SILENCE) {
    await sleep(0); // the writer's turn
    const got = vector.receive(data, 0); // waits a tenth of a second
    for (let i = 0; i < got; i++) if (vector.frames[i]!.isLoad) count++;
    silent = got === 0 ? silent + 1 : 0;
  }
  return count;
}

export const burst: Case = {
  name: "burst",
  about: `${BURST} frames of ${BURST_SIZE} octets at once on the standard input of each subject's vde_plug, behind each subject's switch a reader that comes a little later.`,
  subjects: SWITCHES,
  options: { console: true },
  figures: [figure("lost", "frames", { atMost: 0 })],
  lacks: () => lacksTools("vde_plug", "unixcmd"),
  run: async (running, _ms, subject) => {
    const ear = plug(running.dir);
    try {
      return await withTools([[tool(subject, "vde_plug"), running.dir]], async (child) => {
        await plugged(running);
        child.stdin!.write(framedBurst());
        await sleep(LATE_MS);
        return { lost: BURST - (await countAt(ear)) };
      });
    } finally {
      unplug(ear);
    }
  },
};

/** Waits until a vde_plug is in a port. */
async function plugged({ dir }: Switch): Promise<void> {
  const ask = () =>
    execFileSync(tool("etherloom", "vdecmd"), ["-s", `${dir}.mgmt`, "port/print"], { encoding: "utf8" });
  for (let i = 0; !ask().includes("vdeplug:"); i++) {
    if (i === TRIES) throw new Error("vde_plug did not plug in");
    await sleep(50);
  }
}

export const plug2tap: Case = {
  name: "plug2tap-tcp",
  about: "One TCP connection (iperf3) between two taps of each subject's vde_plug2tap, on one switch of ours.",
  subjects: SWITCHES,
  on: "etherloom",
  options: {},
  figures: [figure("throughput", "Gbit/s", NO_SLOWER)],
  lacks: () => lacksTaps() ?? lacksTools("vde_plug2tap"),
  run: async ({ dir }, ms, subject) => {
    const lines = TAPS.map((tap) => [tool(subject, "vde_plug2tap"), "-s", dir, tap]);
    return await withTools(lines, async () => {
      for (const tap of TAPS) await exists(tap);
      return { throughput: (await tcpBetweenTaps(ms)).perSecond / 1e9 };
    });
  },
};

async function exists(tap: string): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      execFileSync(hostProgram("ip")!, ["link", "show", tap], { stdio: "ignore" });
      return;
    } catch (error) {
      if (i === TRIES) throw error;
      await sleep(50);
    }
  }
}
