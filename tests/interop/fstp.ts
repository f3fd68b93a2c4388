// Meshes of switches of several makes, and what spanning tree makes of them: loops broken, broadcasts heard once, cut
// paths replaced.

import * as assert from "uvu/assert";
import { frame } from "./frames.js";
import type { Lab } from "./lab.js";
import { type Plug, plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { type SwitchBench, type SwitchOptions, startSwitch, underTest } from "./switch.js";
import { until } from "./wait.js";

/** Ports where hosts are; cables take the ones from 1. */
export const HOST = 20;

/** A cable between two VDE sockets, at a port of each. */
export function cable(lab: Lab, a: SwitchBench, portA: number, b: SwitchBench, portB: number): Program {
  return lab.start("dpipe", "vde_plug", `${a.directory}[${portA}]`, "=", "vde_plug", `${b.directory}[${portB}]`);
}

/** Waits until a cable is in both its ports. */
export async function isIn(a: SwitchBench, portA: number, b: SwitchBench, portB: number): Promise<void> {
  await a.console.shows(`port/print ${portA}`, /endpoint ID/);
  await b.console.shows(`port/print ${portB}`, /endpoint ID/);
}

export function hostAt(lab: Lab, { directory }: SwitchBench): Promise<Plug> {
  return plugInto(lab, directory, { port: HOST });
}

/** Starts a switch with spanning tree, by the last octet of its address. */
export function startBridge(
  lab: Lab,
  name: string,
  mac: string,
  { options = [], command = underTest }: SwitchOptions = {},
): Promise<SwitchBench> {
  return startSwitch(lab, name, { command, options: ["--fstp", "--macaddr", `00:ff:00:00:00:${mac}`, ...options] });
}

/** Joins switches in a ring: port 1 of each to port 2 of the next. */
export async function joinRing(lab: Lab, switches: readonly SwitchBench[]): Promise<Program[]> {
  const after = (i: number) => switches[(i + 1) % switches.length]!;
  const cables = switches.map((from, i) => cable(lab, from, 1, after(i), 2));
  for (const [i, from] of switches.entries()) await isIn(from, 1, after(i), 2);
  return cables;
}

/** Joins switches in a ring, and expects that it is broken, and heals when the first cable is cut. */
export async function expectRing(lab: Lab, what: string, switches: readonly SwitchBench[]): Promise<void> {
  const [here, ...others] = await Promise.all(switches.map((each) => hostAt(lab, each)));
  const cables = await joinRing(lab, switches);
  await untilHeard(here!, others);
  await heardOnce(here!, others);
  await cables[0]!.stop();
  report(`${what}, one cable cut`, await untilHeard(here!, others));
  await heardOnce(here!, others);
}

/** Expects that hosts hear each other's broadcasts once, whichever way. */
export async function expectOneWay(a: Plug, b: Plug, settleMs?: number): Promise<void> {
  await untilHeard(b, [a]);
  await heardOnce(a, [b], settleMs);
  await heardOnce(b, [a], settleMs);
}

let serial = 0;

/** Waits until a broadcast of `from` reaches all `others`. Returns how long that took, in milliseconds. */
export async function untilHeard(from: Plug, others: readonly Plug[], ms = 60_000): Promise<number> {
  const startMs = performance.now();
  const end = `reach ${serial++}`;
  await until(
    `a broadcast is heard: ${end}`,
    () => {
      from.send(frame(`a > * ${end}`));
      return others.every((plug) => plug.all().includes(`a > * ${end}`));
    },
    ms,
  );
  return performance.now() - startMs;
}

/** Sends a broadcast, and expects that each of the others hears it once, and the sender not at all. */
export async function heardOnce(from: Plug, others: readonly Plug[], settleMs = 300): Promise<void> {
  const text = `a > * once ${serial++}`;
  from.send(frame(text));
  await Promise.all(others.map((plug) => plug.hears(text)));
  await new Promise((resolve) => setTimeout(resolve, settleMs)); // long enough for a copy that goes round
  for (const plug of others) assert.is(plug.all().filter((heard) => heard === text).length, 1, text);
  assert.is(from.all().filter((heard) => heard === text).length, 0, text);
}

/** What a switch says of a port: its role in the tree of VLAN 0. */
export async function roleOf({ console }: SwitchBench, port: number): Promise<string | undefined> {
  const answer = await console.command("fstp/print 0");
  return new RegExp(`Port ${String(port).padStart(4, "0")} .* role=(\\S+)`).exec(answer)?.[1];
}

/** How long things took, for whoever reads the log. */
export function report(what: string, ms: number): void {
  console.log(`${what}: ${Math.round(ms)} ms`);
}
