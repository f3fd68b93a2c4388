// Where our console answers otherwise than VDE's, and why. What is not in this table is the same octet for octet: the
// transcripts beside it show that. docs/guides/from-vde2.md is made from it.

import type { Difference, Place } from "./difference.js";

const DATA = "0000 DATA END WITH '.'";
const SUCCESS = "1000 Success";
const EINVAL = "1022 Invalid argument";
const PORTS = ["Numports=32", "HUB=false", "counters=true", ".", SUCCESS];

/** Places of a file that are refused with EINVAL; with `lists`, between brackets. */
function refused(file: string, actions: readonly string[], { lists = false, mend = [] as readonly string[] } = {}) {
  const ours = lists ? [DATA, ".", EINVAL] : [EINVAL];
  return actions.map((action): Place => ({ file, action: `> ${action}`, ours, mend }));
}

/** A comment of so many octets, newline included. */
function comment(octets: number): Place {
  return { file: "limits", action: `>= #${"x".repeat(octets - 2)}\\n`, ours: [] };
}

/** What is left in vlan-members when port 6 has left VLAN 10. */
const KEPT = [
  "Hash: 0023 Addr: 02:00:00:00:00:07 VLAN 0000 to port: 007  age 24 secs",
  "Hash: 0026 Addr: 02:00:00:00:00:02 VLAN 0010 to port: 002  age 2 secs",
  "Hash: 0027 Addr: 02:00:00:00:00:40 VLAN 0010 to port: 004  age 13 secs",
  "Hash: 0031 Addr: 02:00:00:00:00:03 VLAN 0010 to port: 003  age 26 secs",
  "Hash: 0038 Addr: 02:00:00:00:00:20 VLAN 0010 to port: 002  age 20 secs",
  "Hash: 0043 Addr: 02:00:00:00:00:01 VLAN 0000 to port: 001  age 3 secs",
  "Hash: 0053 Addr: 02:00:00:00:00:30 VLAN 0010 to port: 003  age 16 secs",
  "Hash: 0057 Addr: 02:00:00:00:00:40 VLAN 0020 to port: 004  age 13 secs",
  "Hash: 0066 Addr: 02:00:00:00:00:05 VLAN 0020 to port: 005  age 25 secs",
  "Hash: 0094 Addr: 02:00:00:00:00:44 VLAN 0010 to port: 004  age 1 secs",
  "Hash: 0117 Addr: 02:00:00:00:00:10 VLAN 0000 to port: 001  age 23 secs",
  "Hash: 0123 Addr: 02:00:00:00:00:30 VLAN 0020 to port: 003  age 16 secs",
];

const identity: readonly Difference[] = [
  {
    what: "The banner and `showinfo` name this switch: `VDE switch V.2.3.3-etherloom-VERSION`.",
    why: "Managers read the version between `V.` and the end of the line.",
    rewrite: (original) =>
      original.replace(
        /^VDE switch V\.2\.3\.[23]\n\(C\) Virtual Square Team .*$/gm,
        "VDE switch V.2.3.3-etherloom-0.0.0\n(C) 2026 The Etherloom authors - MIT",
      ),
  },
  {
    what: "After the name of an error comes what is wrong: `1022 Invalid argument: VLANs are 0 to 4094`.",
    why: "The name alone does not say what to do. Programs read the code.",
    remove: (ours) => ours.replace(/^(1(?!000)\d{3} [^:\n]+): .+$/gm, "$1"),
  },
  {
    what: "There are more commands, each at the end of its menu.",
    why: "Trunks, limits, queues, their counters, a whole spanning tree and gateways need some.",
    remove: (ours) =>
      ours.replace(/^(memory|slirp|slirp\/\w+|wire|wire\/\w+|hash\/(setlimit|flush)|fstp\/(show|mcheck|set(priority|cost|portprio|option|times|hold|stp))|port\/(settrunk|link|[de][ep]f?qlen|set(mac|trans|mtu)\w*|stats)) .*\n/gm, ""),
    at: [{ file: "hash", action: "> hash/flush", ours: [SUCCESS] }],
  },
  {
    what: "Endpoints have numbers of their own, from 1.",
    why: "VDE shows descriptors, which say nothing and come back for somebody else at once.",
  },
];

const lines: readonly Difference[] = [
  {
    what: "Lines that arrive together are commands, one after the other.",
    why: "In VDE the second is an argument of the first, and lost; scripts need pauses between their commands.",
    at: [
      {
        file: "basics",
        action: ">= showinfo\\nport/showinfo\\n",
        ours: [
          DATA,
          "VDE switch V.2.3.3-etherloom-0.0.0",
          "(C) 2026 The Etherloom authors - MIT",
          "",
          "pid 22367 MAC 00:ff:2b:cc:c8:47 uptime 0",
          "mgmt /run/vde/a.mgmt perm 0600",
          ".",
          SUCCESS,
          "",
          `vde$ ${DATA}`,
          ...PORTS,
        ],
      },
      { file: "limits", action: ">= \\nport/showinfo\\n", ours: ["", `vde$ ${DATA}`, ...PORTS] },
      { file: "limits", action: ">= #c\\nport/showinfo\\n", ours: ["", `vde$ ${DATA}`, ...PORTS] },
    ],
  },
  {
    what: "A line may have 4,096 characters; a longer one is refused whole.",
    why: "VDE cuts a line after 128 octets and runs the rest as another command.",
    at: [129, 255, 256, 300].map(comment),
  },
  {
    what: "A carriage return before the newline is no part of the command.",
    why: "In VDE `help` from such a client lists nothing.",
    at: [{ file: "basics", action: ">= help\\r\\n", like: "> help" }],
  },
  {
    what: "Empty lines in scripts are skipped.",
    why: "VDE runs them, and answers 1038.",
    rewrite: (original) => original.replace(/^vde\[.*\]: \n\n1038 Function not implemented\n/gm, ""),
  },
];

const numbers: readonly Difference[] = [
  {
    what: "A missing number, and a word that is none, are refused with 1022.",
    why: "VDE takes them for 0: `hash/setexpire abc` turns learning off, `vlan/remove` without a number means VLAN 0.",
    at: [
      ...refused("ports", ["port/print abc"], { lists: true }),
      ...refused("ports", ["port/create"], { mend: ["port/create 1"] }),
      ...refused("ports", ["port/create abc"], { mend: ["port/create 2"] }),
      ...refused("ports", ["port/remove", "port/sethub abc", "port/resetcounter abc"]),
      ...refused("ports", ["port/sethub"]),
      ...refused("hash", ["hash/setgcint abc"], { mend: ["hash/setgcint 0"] }),
      ...refused("hash", ["hash/setexpire abc"], { mend: ["hash/setexpire 0"] }),
      ...refused("hash", ["hash/setminper"], { mend: ["hash/setminper 0"] }),
      ...refused("vlans", ["vlan/print abc"], { lists: true }),
      ...refused("vlans", ["vlan/remove"]),
      ...refused("fstp", ["fstp/print abc"], { lists: true }),
      ...refused("fstp", ["fstp/setfstp"], { lists: true, mend: ["fstp/setfstp 0"] }),
      ...refused("vlan-members", ["hash/find 02:00:00:00:00:02 0x0a"], { lists: true }),
      ...refused("vlan-members", ["hash/find 02:00:00:00:00:02:10"], { lists: true }),
    ],
  },
  {
    what: "Times below 0 are refused with 1022.",
    why: "VDE takes them: an expiry of -1 makes it forget every address at each sweep.",
    at: [
      ...refused("hash", ["hash/setgcint -1", "hash/setexpire -1", "hash/setminper -1"]),
      ...refused("expiry", ["hash/setexpire -1"]),
      { file: "expiry", action: "! say 2 02:00:00:00:00:02", nth: 2, ours: [] },
    ],
  },
  {
    what: "`port/create 0` makes port 0.",
    why: "VDE makes some other port, and does not tell which.",
    at: [{ file: "ports", action: "> port/create 0", mend: ["port/remove 0", "port/create 3"] }],
  },
];

const vlans: readonly Difference[] = [
  {
    what: "VLAN 4094 is a VLAN like any other.",
    why: "802.1Q gives VLANs 1 to 4094; VDE stops at 4093.",
    at: [
      { file: "vlans", action: "> vlan/create 4094", ours: [SUCCESS] },
      { file: "vlans", action: "> vlan/print 4094", ours: [DATA, "VLAN 4094", ".", SUCCESS] },
      { file: "vlans", action: "> port/setvlan 1 4094", ours: [SUCCESS], mend: ["port/setvlan 1 4095"] },
      {
        file: "vlans",
        action: "> vlan/addport 4094 1",
        ours: [SUCCESS],
        mend: ["vlan/delport 4094 1", "vlan/remove 4094"],
      },
      { file: "fstp", action: "> fstp/print 4094", ours: [DATA, ".", "1006 No such device or address"] },
    ],
  },
  {
    what: "`vlan/allprint 0` prints VLAN 0.",
    why: "VDE refuses it, though `vlan/print 0` is fine.",
    at: [{ file: "vlans", action: "> vlan/allprint 0", ours: [DATA, "VLAN 0000", ".", SUCCESS] }],
  },
  {
    what: "VLAN 0 cannot be removed: 1022.",
    why: "VDE lets it go when no port is in it, and dies with the next plug.",
  },
  {
    what: "The help of `vlan/delport` says what it does.",
    why: "VDE 2.3.2 has the text of `vlan/addport` there; 2.3.3 has ours.",
    rewrite: (original) =>
      original.replace(
        "vlan/delport       N PORT          add port to the vlan N (tagged)",
        "vlan/delport       N PORT          delete port from the vlan N (tagged)",
      ),
  },
];

const addresses: readonly Difference[] = [
  {
    what: "`hash/find` shows the port that the address is behind.",
    why: "VDE shows one more than `hash/print` does.",
    at: ["> hash/find 02:00:00:00:00:44 10", "> hash/find 2.0.0.0.0.44 10"].map((action) => ({
      file: "vlan-members",
      action,
      ours: [DATA, "Hash: 0094 Addr: 02:00:00:00:00:44 VLAN 0010 to port: 004  age 1 secs", ".", SUCCESS],
    })),
  },
  {
    what: "Old addresses go by themselves.",
    why: "VDE looks for them only when the next frame comes, and lists them until then.",
    at: [
      { file: "expiry", action: "! pass 3", nth: 2, ours: ["3012 hash/- 02:00:00:00:00:01 VLAN 00:00 Port 1"] },
      ...[2, 3, 4].map((nth) => ({ file: "expiry", action: "> hash/print", nth, ours: [DATA, ".", SUCCESS] })),
      {
        file: "expiry",
        action: "! say 2 02:00:00:00:00:02",
        nth: 1,
        ours: ["3011 hash/+ 02:00:00:00:00:02 VLAN 00:00 Port 2"],
      },
    ],
  },
  {
    what: "A change of VLANs at a port forgets the addresses behind that port only.",
    why: "VDE forgets all of the VLAN, and floods it until it has learned them again.",
    at: [
      { file: "vlan-members", action: "> hash/print", nth: 2, ours: [DATA, ...KEPT, ".", SUCCESS] },
      {
        file: "vlan-members",
        action: "> hash/print",
        nth: 3,
        ours: [DATA, ...KEPT.filter((row) => !row.includes("port: 001")), ".", SUCCESS],
      },
    ],
  },
];

const others: readonly Difference[] = [
  {
    what: "`port/epclose` on an idle port tells nobody that it was closed.",
    why: "VDE sends `port/-`, and forgets addresses, though nothing happened.",
    at: [
      { file: "debug", action: "> port/epclose 5 1", ours: ["1006 No such device or address"] },
      {
        file: "debug",
        action: "! unplug 6",
        ours: ["3032 port/ep/- Port 01 FD  1", "3022 port/- 01", "3012 hash/- 02:00:00:00:00:01 VLAN 00:00 Port 1"],
      },
    ],
  },
  {
    what: "`fstp/print` shows the role of tagged ports.",
    why: "VDE says `Unknown` for all of them.",
    rewrite: (original) => original.replace(/(tagged=1 portcost=\d+ role=)Unknown/g, "$1Designated"),
  },
  {
    what: "With FSTP on, a port forwards when the bridge behind it agrees, or when none is heard for 0.2 seconds, on tunnels and shared LANs longer.",
    why: "VDE's ports forward at once, so that a second cable is a loop until the first BPDUs have passed.",
    at: [
      {
        file: "fstp",
        action: "! pass 9",
        ours: [
          ...["0001", "0002", "0016"].map((port) => `3044 fstp/status Port ${port} VLAN 00:00 learning+forwarding`),
          "3044 fstp/status Port 0002 VLAN 00:0a learning+forwarding",
        ],
      },
    ],
  },
  {
    what: "`fstp/print` tells Alternate from Backup.",
    why: "VDE says `Alternate/Backup` for both; the wiki names them apart.",
  },
  {
    what: "`load` of a directory is refused with 1021.",
    why: "VDE says 1000 Success.",
    at: [{ file: "load", action: "> load /tmp", ours: ["1021 Is a directory"] }],
  },
];

const sessions: readonly Difference[] = [
  {
    what: "A manager that does not read its answers waits for its next command; it misses no answer, and only events.",
    why: "VDE throws away what does not fit. Here `3000 debug/missed N events` says how many events were lost.",
  },
  {
    what: "Control characters in descriptions, scripts and other foreign text are shown as `\\x1b`.",
    why: "VDE prints them raw, so that who plugs in can write to the terminal of who looks.",
  },
  {
    what: "A line of data that is a dot gets a blank after it.",
    why: "A dot alone ends the data.",
  },
  {
    what: "A script that loads itself, and scripts nested more than 16 deep, are refused with 1024.",
    why: "VDE goes on until it has no descriptors left, and says the same then.",
  },
  {
    what: "`plugin/add` loads ES modules.",
    why: "VDE's plugins are shared objects for its own process; dump, pdump and iplog are there as modules.",
  },
];

export const differences: readonly Difference[] = [
  ...identity,
  ...lines,
  ...numbers,
  ...vlans,
  ...addresses,
  ...others,
  ...sessions,
];
