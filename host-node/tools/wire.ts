// wirefilter: a cable with faults. Its command line, with an option for each parameter of the table.

import { checkRange, PARAMETER_LIST, type ParameterName, rangeOf } from "../../host/wire/parameters.js";
import { PRESETS } from "../../host/wire/presets.js";
import { GRAMMAR, readValue } from "../../host/wire/value.js";
import { type Option, type Options, UsageError, type Values } from "../cli/options.js";
import { SERVICE_OPTIONS, tool } from "../cli/tool.js";
import { path, permissions, text, type Value, whole } from "../cli/values.js";
import { RECONNECT_OPTIONS } from "./reconnect.js";

const SEED_MAX = 2 ** 48;
const presets = Object.keys(PRESETS);

const preset: Value<string> = {
  label: "NAME",
  accepts: `the presets are ${presets.join(", ")}`,
  read: (word) => (presets.includes(word) ? word : undefined),
};

/** What a parameter may be set to, as it was written. */
function settingOf(name: ParameterName): Value<string> {
  return {
    label: "VALUE",
    accepts: `${rangeOf(name)}; ${GRAMMAR}`,
    read(word) {
      try {
        checkRange(name, readValue(word));
        return word;
      } catch {
        return undefined;
      }
    },
  };
}

const parameters = Object.fromEntries(
  PARAMETER_LIST.map(([name, { unit, short, aka, help, added }]) => {
    const names = { ...(short && { short }), ...(aka && { aka }), ...(added && { added }) };
    return [name, { ...names, value: settingOf(name), many: "again", help: `${help} (${unit})` } satisfies Option];
  }),
) as Readonly<Record<ParameterName, Option & { readonly value: Value<string>; readonly many: "again" }>>;

export const WIRE_OPTIONS = {
  ...parameters,
  nofifo: { short: "N", help: "let frames overtake each other" },
  mgmt: { short: "M", value: path, help: "the socket where managers connect" },
  mgmtmode: { value: permissions, default: "0700", help: "permissions of that socket" },
  rcfile: { short: "f", value: path, help: "commands to run at the start" },
  "vde-plug": {
    short: "v",
    value: { ...text, label: "L:R" },
    help: "the two ends, as two URLs say them; - is standard input and output",
  },
  daemon: { help: SERVICE_OPTIONS.daemon.help },
  pidfile: { value: path, help: SERVICE_OPTIONS.pidfile.help },
  ...RECONNECT_OPTIONS,
  blink: { value: path, help: "a Unix datagram socket that is told of each frame that leaves" },
  blinkid: { value: text, default: "the process id", help: "who tells" },
  preset: { value: preset, added: true, help: `a wire that people have: ${presets.join(", ")}` },
  seed: {
    value: whole("N", "a seed", 0, SEED_MAX),
    default: "chance",
    added: true,
    help: "make a run come again: the same frames meet the same fate",
  },
  nostdin: { added: true, help: "leave standard input alone; between two URLs, its end is the end of the wire" },
} as const satisfies Options;

export type WireSettings = Values<typeof WIRE_OPTIONS>;

/** The two ends, as they were named: by --vde-plug, or as operands. Nothing where they are streams. */
export function ends(plugs: string | undefined, operands: readonly string[]): readonly [string, string] | undefined {
  const [left, right, more] = operands;
  if (left === undefined) return plugs === undefined ? undefined : split(plugs);
  if (plugs !== undefined) throw new UsageError(`${left}: the ends are named by --vde-plug already`);
  if (right === undefined) throw new UsageError(`${left}: a wire has two ends, and one is named (--help)`);
  if (more !== undefined) throw new UsageError(`${more}: a wire has two ends (--help)`);
  return different(left, right);
}

function different(left: string, right: string): readonly [string, string] {
  if (left === "-" && right === "-") throw new UsageError("-: one end alone is standard input and output");
  return [left, right];
}

/** "L:R", at the colon before a URL, else at the first that is in none. */
function split(plugs: string): readonly [string, string] {
  const [, left, right] =
    /^(.+):([a-z][a-z0-9+.-]*:\/\/.*)$/is.exec(plugs) ?? /^(.*?):(?!\/\/)(.*)$/s.exec(plugs) ?? [];
  if (left === undefined || right === undefined)
    throw new UsageError(`--vde-plug ${plugs}: L:R is wanted, or two URLs`);
  return different(left, right);
}

export const wire = tool({
  name: "wire",
  aka: ["wirefilter"],
  summary: "A cable with faults, between two links or in a pipe of dpipe.",
  operands: "[URL URL]",
  options: WIRE_OPTIONS,
  isFilter: true,
  check(settings, operands) {
    ends(settings["vde-plug"], operands);
  },
  async run(settings, operands, run) {
    const { runWire } = await import("./wire-run.js");
    await runWire(settings, ends(settings["vde-plug"], operands), run);
  },
});
