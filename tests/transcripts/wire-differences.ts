// Where the console of our wire answers otherwise than wirefilter's, and why. What is not in this table is the same octet
// for octet.

import type { Difference, Place } from "./difference.js";

const DATA = "0000 DATA END WITH '.'";
const SUCCESS = "1000 Success";
const EINVAL = "1022 Invalid argument";

/** Places of a file that are refused with EINVAL; with `lists`, between brackets. */
function refused(file: string, actions: readonly string[], { lists = false, mend = [] as readonly string[] } = {}) {
  const ours = lists ? [DATA, ".", EINVAL] : [EINVAL];
  return actions.map((action): Place => ({ file: `wire/${file}`, action: `> ${action}`, ours, mend }));
}

export const wireDifferences: readonly Difference[] = [
  {
    what: "The banner names this program: `VDE wirefilter V.2.3.3-etherloom-VERSION`.",
    why: "As with the switch.",
    rewrite: (original) =>
      original.replace(
        "VDE wirefilter V.2.3.2\n(C) R.Davoli 2005,2006 - GPLv2\n",
        "VDE wirefilter V.2.3.3-etherloom-0.0.0\n(C) 2026 The Etherloom authors - MIT\n",
      ),
  },
  {
    what: "After the name of an error comes what is wrong: `1022 Invalid argument: loss is 0 to 100, in %`.",
    why: "The name alone does not say what to do. Programs read the code.",
    remove: (ours) => ours.replace(/^(1(?!000)\d{3} [^:\n]+): .+$/gm, "$1"),
  },
  {
    what: "There are more commands, at the end of `help`, which has one line for `showinfo`.",
    why: "Queues, reordering, presets, statistics and a seed need some.",
    remove: (ours) =>
      ours.replace(/^(burst|qlen|codel|correlation|reorder|preset|seed|flush|stats) .*\n/gm, ""),
    rewrite: (original) => original.replace("showinfo n         markov mode: show parameter values\n", ""),
  },
  {
    what: "Lines that arrive together are commands, one after the other, and a long line is one command.",
    why: "In VDE the second is an argument of the first, and lost; a line is cut after 128 octets.",
    at: [
      {
        file: "wire/mgmt",
        action: ">= loss 7\\ndelay 77\\n",
        ours: [SUCCESS, "", `VDEwf$ ${SUCCESS}`],
        mend: ["delay 100"],
      },
      { file: "wire/mgmt", action: `> delay ${"1".repeat(190)}`, ours: [EINVAL] },
    ],
  },
  {
    what: "Empty lines in scripts are skipped; in their answers a line that is a dot alone has a blank behind it.",
    why: "A program that reads `load` would take such a line for the end.",
    rewrite: (original) =>
      original
        .replace(/\nVDEwf\$ {2}\([^)]*\) \n(\n(?=\nVDEwf))?/g, "")
        .replace(/^\.\n(1\d{3} .*\n)(?=\nVDEwf\$ {2}\()/gm, ". \n$1"),
  },
  {
    what: "A missing value, a word that is none, and a value that cannot be are refused with 1022.",
    why: "VDE says Success, and keeps what was set, or sets what divides by zero or never ends.",
    at: [
      ...refused("mgmt", ["delay", "delay abc", "markov-debug"]),
      ...refused("mgmt", ["showinfoxyz"], { lists: true }),
      ...refused("markov", ["markov-name 2 ugly", "markov-name 2"], { mend: ["markov-name 2,y"] }),
      ...refused("markov", ["setedge 0,1"], { mend: ["setedge 0,1,0.769211"] }),
    ],
  },
  {
    what: "The weights of a state's edges come to 100 percent at the most.",
    why: "VDE takes 150, and leaves -50 for the chance to stay.",
    at: [
      ...refused("markov", ["setedge 1,0,150"]),
      {
        file: "wire/markov",
        action: "> showedges 1",
        nth: 2,
        ours: [DATA, `Edge 1 ->1  " bad link"->" bad link" weigth 100`, ".", SUCCESS],
      },
      {
        file: "wire/markov",
        action: "> showedges 1",
        nth: 3,
        ours: [DATA, `Edge 1 ->1  " bad link"->" bad link" weigth 100`, ".", SUCCESS],
      },
    ],
  },
];
