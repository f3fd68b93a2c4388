// Cables between switches, and whether frames cross them.

import { deframed, frame, words } from "./frames.js";
import type { Lab } from "./lab.js";
import { plugInto } from "./plug.js";
import type { Program } from "./program.js";
import type { SwitchBench } from "./switch.js";
import { until } from "./wait.js";

/** Waits until a vde_plug is in a port, or in this one: its frames would be lost before. */
export function plugged({ console }: SwitchBench, port?: number): Promise<string> {
  return console.shows(`port/print ${port ?? ""}`.trim(), /vdeplug:.* user=\w+ pid=\d+$/m);
}

/** What a tool wrote to its standard output so far, in words. */
export function heard(tool: Program): (string | undefined)[] {
  return [...deframed(tool.octets())].map(words);
}

/**
 * Frames cross from either switch to the other, as soon as what joins them is there. They are sent again: an address that
 * was elsewhere a moment ago stays there for some seconds.
 */
export async function crosses(lab: Lab, one: SwitchBench, two: SwitchBench): Promise<void> {
  const [a, b] = [await plugInto(lab, one.directory), await plugInto(lab, two.directory)];
  await until("frames cross", () => {
    a.send(frame("a > * over there"));
    b.send(frame("b > a and back"));
    return b.all().includes("a > * over there") && a.all().includes("b > a and back");
  });
}
