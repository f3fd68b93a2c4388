// What can be wrong with a wire, as a table: the console, the command line, URLs and their documentation are made from it.

import { refuse } from "../errors.js";
import type { Draw } from "./random.js";

export interface Parameter {
  /** At the head of its line in `showinfo`. */
  readonly label: string;
  readonly help: string;
  readonly unit: string;
  readonly max: number;
  /** Less than this is nothing at all, and so 0 alone. */
  readonly least?: number;
  /** One number, which is not drawn anew for each frame. */
  readonly isFixed?: true;
  /** Other names. */
  readonly aka?: readonly string[];
  /** On the command line. */
  readonly short?: string;
  /** Not one of VDE's own: shown only where it is set. */
  readonly added?: true;
}

/** More than any time in milliseconds or number of octets that means something, and exact as a number. */
const LARGE = 2 ** 48;
/** Every bit of a mebibyte. */
const BITS = 2 ** 23;

export const PARAMETERS = {
  loss: { label: "Loss", short: "l", unit: "%", max: 100, help: "set loss percentage" },
  lostburst: {
    label: "Lburst",
    short: "L",
    unit: "frames",
    max: LARGE,
    least: 1,
    help: "mean length of lost packet bursts",
  },
  delay: { label: "Delay", short: "d", unit: "ms", max: LARGE, help: "set delay ms" },
  dup: { label: "Dup", short: "D", unit: "%", max: 100, help: "set dup packet percentage" },
  bandwidth: {
    label: "Bandw",
    short: "b",
    aka: ["band"],
    unit: "octets/s",
    max: LARGE,
    help: "set channel bandwidth bytes/sec",
  },
  speed: { label: "Speed", short: "s", unit: "octets/s", max: LARGE, help: "set interface speed bytes/sec" },
  noise: { label: "Noise", short: "n", unit: "bits/MiB", max: BITS, help: "set noise factor bits/Mbyte" },
  mtu: { label: "MTU", short: "m", unit: "octets", max: LARGE, help: "set channel MTU (bytes)" },
  chanbufsize: {
    label: "Cap.",
    short: "c",
    aka: ["capacity"],
    unit: "octets",
    max: LARGE,
    help: "set channel buffer size (bytes)",
  },
  burst: {
    label: "Burst",
    isFixed: true,
    unit: "octets",
    max: LARGE,
    added: true,
    help: "set what may exceed the bandwidth at once (bytes)",
  },
  qlen: {
    label: "Qlen",
    isFixed: true,
    unit: "frames",
    max: LARGE,
    least: 1,
    added: true,
    help: "set how many packets may wait for the bandwidth",
  },
  codel: {
    label: "CoDel",
    isFixed: true,
    unit: "ms",
    max: LARGE,
    added: true,
    help: "drop what waits for the bandwidth: CoDel's target ms",
  },
  correlation: { label: "Corr", unit: "%", max: 100, added: true, help: "set how much a delay is like the one before" },
  reorder: { label: "Reord", unit: "%", max: 100, added: true, help: "set percentage of packets that skip the delay" },
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof PARAMETERS;

/** All settings of one direction. */
export type Settings = { [Name in ParameterName]: Draw };

export const PARAMETER_LIST = Object.entries(PARAMETERS) as [ParameterName, Parameter][];

const OFF: Draw = { value: 0, plus: 0, isNormal: false };

/** A wire without a fault. */
export function faultless(): Settings {
  return Object.fromEntries(PARAMETER_LIST.map(([name]) => [name, OFF])) as Settings;
}

/** The parameter that a name, or another name for it, means. */
export function parameterOf(name: string): ParameterName | undefined {
  return PARAMETER_LIST.find(([main, { aka = [] }]) => main === name || aka.includes(name))?.[0];
}

/** What a parameter may be, as a sentence. */
export function rangeOf(name: ParameterName): string {
  const { unit, max, least = 0, isFixed }: Parameter = PARAMETERS[name];
  const high = max === LARGE ? " or more" : ` to ${max}`;
  const range = least > 0 ? `0, or ${least} or more` : `0${high}`;
  return `${name} is ${range}, in ${unit}${isFixed ? ", and no spread" : ""}`;
}

/** EINVAL, with the range, where a parameter cannot have a value. */
export function checkRange(name: ParameterName, { value, plus }: Draw): void {
  const { max, least = 0, isFixed }: Parameter = PARAMETERS[name];
  const isSpread = isFixed === true && plus > 0;
  if (value > max || plus > max || isSpread || (value !== 0 && value < least)) refuse("EINVAL", rangeOf(name));
}
