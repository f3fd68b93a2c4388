// A wire in one line, as URLs have it: "preset=dsl,loss=5,delay=20+5N,fifo=0,seed=7".

import { refuse } from "../errors.js";
import type { Clock, Wire } from "../link.js";
import { Filter } from "./filter.js";
import { onOff, real } from "./kinds.js";
import { wireOf } from "./link.js";

const OTHERS: Readonly<Record<string, (filter: Filter, value: string) => void>> = {
  preset: (filter, value) => filter.preset(value),
  seed: (filter, value) => {
    filter.seed = real(value, "a seed");
  },
  fifo: (filter, value) => {
    filter.isFifo = onOff(value);
  },
};

/** Sets what a line says, from left to right. EINVAL where it cannot be. */
export function applySettings(filter: Filter, line: string): void {
  for (const word of line.split(",")) {
    if (word === "") continue;
    const [, name = "", value] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    if (value === undefined)
      refuse("EINVAL", `${word}: settings are NAME=VALUE with commas between, as loss=5,delay=20`);
    (OTHERS[name] ?? ((it: Filter, text: string) => it.set(name, text)))(filter, value);
  }
}

/** A Wire as a line says; EINVAL where it cannot be. Each link that is led through it has faults of its own. */
export function wireFrom(line: string, { seed, clock }: { readonly seed: number; readonly clock: Clock }): Wire {
  const make = () => {
    const filter = new Filter({ seed, now: () => clock.now() });
    applySettings(filter, line);
    return filter;
  };
  make(); // refuses now, and not when links are led through it
  return (link) => wireOf(make(), clock)(link);
}
