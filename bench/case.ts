// What a case is: a load, what is read off it, and what our switch is held to.

import { Crew } from "./crew.js";
import type { Order, Report } from "./orders.js";
import { announce, type Plug, plug, unplug } from "./plug.js";
import type { SubjectName, SwitchOptions } from "./subjects.js";
import type { Switch } from "./switch.js";

/** A demand on the median of a figure: on itself, or on its ratio to another subject's. */
export interface Target {
  readonly against?: SubjectName;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Something that a case measures. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly targets: readonly Target[];
}

/** What one run measured, by the names of the case's figures. */
export type Sample = Readonly<Record<string, number>>;

export interface Case {
  readonly name: string;
  /** One sentence: who sends what to whom. */
  readonly about: string;
  readonly subjects: readonly SubjectName[];
  readonly options: SwitchOptions;
  /** Whose switch it runs on, where it is tools that are compared; each subject's own where it is not given. */
  readonly on?: SubjectName;
  readonly figures: readonly Figure[];
  /** Why it cannot be measured here; undefined if it can. */
  readonly lacks?: () => string | undefined;
  /** `ms` is how long each load should run. */
  run(running: Switch, ms: number, subject: SubjectName): Promise<Sample>;
}

export const SWITCHES: readonly SubjectName[] = ["etherloom", "vde_switch"];
export const ALL: readonly SubjectName[] = [...SWITCHES, "floor"];

export function figure(name: string, unit: string, ...targets: readonly Target[]): Figure {
  return { name, unit, targets };
}

/** Plugs endpoints in, lets the switch learn their addresses, and unplugs them when `use` is done. */
export async function withPlugs<T>(running: Switch, count: number, use: (plugs: Plug[]) => Promise<T>): Promise<T> {
  const plugs: Plug[] = [];
  try {
    for (let i = 0; i < count; i++) plugs.push(plug(running.dir));
    await announce(plugs);
    return await use(plugs);
  } finally {
    plugs.forEach(unplug);
  }
}

/** Starts load processes, and ends them when `use` is done. */
export async function withCrew<T>(
  orders: readonly Order[],
  plugs: readonly Plug[],
  use: (crew: Crew) => Promise<T>,
): Promise<T> {
  const crew = await Crew.muster(orders, plugs);
  try {
    return await use(crew);
  } finally {
    await crew.dismiss();
  }
}

/** What a load of senders and one receiver came to. */
export interface Outcome {
  /** Frames a second at the receiver. */
  readonly delivered: number;
  /** Percent of the frames sent. */
  readonly loss: number;
  /** Microseconds of the switch's processor time for each frame delivered. */
  readonly cpu: number;
  /** Frames that overtook one another or came twice, and frames that were another port's. */
  readonly late: number;
  readonly strays: number;
  readonly reports: readonly Report[];
}

/**
 * Runs senders and a receiver, which is the last of the orders. A short run that is not counted goes before, so that
 * compiled code is compared with compiled code. `running` is whose processor time counts.
 */
export async function load(
  running: { readonly cpu: number },
  orders: readonly Order[],
  plugs: readonly Plug[],
  ms: number,
): Promise<Outcome> {
  return withCrew(orders, plugs, async (crew) => {
    await crew.run(Math.min(500, ms));
    const before = running.cpu;
    const reports = await crew.run(ms);
    const cpu = running.cpu - before;
    const sent = reports.reduce((sum, report) => sum + report.sent, 0);
    const { received, seconds, late, strays } = reports.at(-1)!;
    if (received === 0) throw new Error("no frame arrived");
    const loss = 100 * (1 - received / sent);
    return { delivered: received / seconds, loss, cpu: (cpu / received) * 1e6, late, strays, reports };
  });
}

export function range(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
