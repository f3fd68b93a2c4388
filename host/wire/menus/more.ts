// What VDE's wirefilter has not.

import { command, listing, type Menu } from "../../console/command.js";
import type { WireConsole } from "../console.js";
import { real, unlabelled } from "../kinds.js";
import { PRESETS } from "../presets.js";
import { stats } from "../showinfo.js";
import { setters } from "./parameters.js";

export const moreMenu: Menu<WireConsole> = {
  name: "more",
  title: "what VDE's has not",
  commands: [
    ...setters(({ added = false }) => added),
    command(
      "preset",
      [{ ...unlabelled(), words: () => Object.keys(PRESETS) }],
      `set all, to ${Object.keys(PRESETS).join(" ")}, [n]`,
      ({ filter }, text) => {
        const [, name = text, state = "0"] = /^(.*?)\[(\d+)\]$/.exec(text) ?? [];
        filter.preset(name, Number(state));
      },
    ),
    command("seed", [unlabelled()], "begin the chances anew, as a number says", ({ filter }, text) => {
      filter.seed = real(text, "a seed");
    }),
    command("flush", [], "drop what waits", ({ filter }) => {
      for (const channel of filter.channels) channel.flush();
    }),
    listing("stats", [], "show counters, rates and delays", (wire) => stats(wire)),
  ],
};
