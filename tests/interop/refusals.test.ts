// Every wrong option, URL and peer, by tool: what it is refused with, and what is said. The switch's own command line is in
// tests/node/cli.test.ts.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TOOLS } from "../../host-node/tools/aliases.js";
import { SCHEMES } from "../../host-node/transports/schemes.js";
import { inLab } from "./lab.js";
import { startSwitch } from "./switch.js";
import { startTool } from "./tools.js";

const test = suite("refusals");

type Row = readonly [tool: string, words: readonly string[], code: number, message: RegExp];

/** SW is the directory of a switch, LAB a folder of the test. */
const REFUSED: readonly Row[] = [
  ["vde_plug", ["--bogus"], 255, /^vde_plug: --bogus: no such option\n$/],
  ["vde_plug", ["a", "b", "c"], 255, /^vde_plug: c: a cable has two ends/],
  ["vde_plug", ["a", "b", "=", "cat"], 255, /^vde_plug: =: a cable has two ends/],
  ["vde_plug", ["a", "="], 255, /^vde_plug: =: a command is missing/],
  ["vde_plug", ["--port", "0", "a"], 255, /^vde_plug: --port 0: a port is 1 to/],
  ["vde_plug", ["--port", "x", "a"], 255, /^vde_plug: --port x: a port is 1 to/],
  ["vde_plug", ["-m", "9", "a"], 255, /^vde_plug: -m 9: permissions are octal/],
  [
    "vde_plug",
    ["/nowhere"],
    1,
    /^vde_plug: vde_open \/nowhere: No such file or directory: .*vde_switch -s \/nowhere starts one\n$/,
  ],
  [
    "vde_plug",
    ["/dev/null/x"],
    1,
    /^vde_plug: vde_open \/dev\/null\/x: Not a directory: a switch is named by its directory/,
  ],
  ["vde_plug", ["-g", "no-such-group", "SW"], 1, /^vde_plug: vde_open .*there is no group no-such-group\n$/],
  ["vde_plug", ["SW[port=x]"], 1, /^vde_plug: vde_open .*: Invalid argument: x: a port is a number\n$/],
  ["vde_plug", ["SW[bogus=1]"], 1, /^vde_plug: vde_open .*: Invalid argument: bogus: the options are port, /],
  ["vde_plug", ["SW[999]"], 1, /^vde_plug: vde_open .*\[999\]: Connection refused: the switch says: .*port/],
  ["vde_plug", ["null://", "/nowhere"], 1, /^vde_plug: vde_open \/nowhere: No such file/],
  [
    "vde_plug",
    ["nix://x"],
    1,
    /^vde_plug: vde_open nix:\/\/x: Protocol not supported: nix: the kinds of links are vde, /,
  ],
  ["vde_plug", ["udp://17001"], 1, /^vde_plug: vde_open udp:\/\/17001: Invalid argument: /],
  ["vde_plug", ["udp://1->x"], 1, /^vde_plug: vde_open udp:.*: Invalid argument: a port/],
  [
    "vde_plug",
    ["udp://70000->127.0.0.1:1"],
    1,
    /^vde_plug: vde_open udp:.*: Invalid argument: a port 70000: a port is 1 to 65535\n$/,
  ],
  ["vde_plug", ["ptp://"], 1, /^vde_plug: vde_open ptp:.*: Invalid argument: /],
  ["vde_plug", ["dgram://x"], 1, /^vde_plug: vde_open dgram:.*: Invalid argument: /],
  [
    "vde_plug",
    ["stream:///nowhere/x"],
    1,
    /^vde_plug: vde_open stream:.*: No such file or directory: start who listens at \/nowhere\/x first/,
  ],
  [
    "vde_plug",
    ["stream://x[bogus]"],
    1,
    /^vde_plug: vde_open stream:.*: Invalid argument: bogus: the options are server\n$/,
  ],
  ["vde_plug", ["seqpacket://x"], 1, /^vde_plug: vde_open seqpacket:.*: Invalid argument: /],
  ["vde_plug", ["seqpacket://999"], 1, /^vde_plug: vde_open seqpacket:.*: Bad file descriptor\n$/],
  ["vde_plug", ["tap://a-name-that-is-too-long"], 1, /^vde_plug: vde_open tap:.*: Invalid argument: tap /],
  ["vde_plug", ["cmd://"], 1, /^vde_plug: vde_open cmd:.*: Invalid argument: a command is wanted\n$/],
  [
    "vde_plug",
    ["-c", "vde_plug /x"],
    255,
    /tunnel broker\. \nThis is not a login shell, only vde_plug can be executed\n$/,
  ],
  [
    "vde_plug",
    ["-c", "vde_plug"],
    1,
    /^vde_plug: vde_open default switch: No such file or directory: no switch serves .* starts one\n$/,
  ],
  [
    "vde_plug",
    ["a", "=", "/no/such/command"],
    1,
    /^vde_plug: vde_open a: No such file or directory: .*vde_switch -s a starts one\n$/,
  ],
  [
    "vde_plug",
    ["null://", "=", "no-such-command"],
    127,
    /^vde_plug: vde_open no-such-command: No such file or directory: there is no such program in PATH\n$/,
  ],
  [
    "vde_plug",
    ["cmd://no-such-command x"],
    1,
    /^vde_plug: vde_open cmd:.*: No such file or directory: there is no such program in PATH\n$/,
  ],
  ["vde_plug", ["tap://a b"], 1, /^vde_plug: vde_open tap:.*: Invalid argument: tap "a b": a name has 1 to 15 octets/],
  [
    "vde_plug",
    ["ptp:///nowhere/x"],
    1,
    /^vde_plug: vde_open ptp:.*: No such file or directory: a folder of that path is not there/,
  ],
  [
    "vde_plug",
    ["dgram:///nowhere/a->/nowhere/b"],
    1,
    /^vde_plug: vde_open dgram:.*: No such file or directory: a folder of that path is not there/,
  ],
  [
    "vde_plug",
    ["stream://"],
    1,
    /^vde_plug: vde_open stream:.*: Invalid argument: stream:\/\/PATH: a path is wanted\n$/,
  ],
  [
    "vde_plug",
    ["hub:///nowhere/x"],
    1,
    /^vde_plug: vde_open hub:.*: No such file or directory: cannot make \/nowhere\/x/,
  ],
  ["vde_plug", ["hub://LAB/net[mode=9]"], 1, /^vde_plug: vde_open hub:.*: Invalid argument: 9: a mode is octal/],
  ["vde_plug", ["switch://LAB/net[expiretime=0]"], 1, /^vde_plug: vde_open switch:.*: expiretime is 1 to 1000000\n$/],
  ["vde_plug", ["switch://SW"], 1, /^vde_plug: vde_open switch:.*: File exists/],
  ["vde_plug", ["multi://LAB/net[bogus=1]"], 1, /^vde_plug: vde_open multi:.*: bogus: the options are mode, /],
  ["vde_plug", ["bonding://LAB/net[grp=no-such-group]"], 1, /^vde_plug: vde_open bonding:.*: there is no group /],
  ["vde_plug", ["vlan://x"], 1, /^vde_plug: vde_open vlan:.*: vlan:\/\/NUMBER\[OPTIONS\]\{URL\} is wanted\n$/],
  ["vde_plug", ["vlan://5000{null://}"], 1, /^vde_plug: vde_open vlan:.*: a VLAN is 0 to 4094\n$/],
  [
    "vde_plug",
    ["vlan://5[bogus]{null://}"],
    1,
    /^vde_plug: vde_open vlan:.*: bogus: the options are untag, trunk, tag\n$/,
  ],
  ["vde_plug", ["vlan://5{nix://}"], 1, /^vde_plug: vde_open vlan:.*: Protocol not supported: nix: /],
  ["vde_plug", ["wire://loss=5"], 1, /^vde_plug: vde_open wire:.*: Invalid argument: /],
  ["vde_plug", ["wire://loss=5{nix://}"], 1, /^vde_plug: vde_open wire:.*: Protocol not supported: nix: /],
  ["vde_plug", ["vxlan://x"], 1, /^vde_plug: vde_open vxlan:.*: x: an address is wanted, in numbers\n$/],
  ["vde_plug", ["vxlan:///vni=99999999"], 1, /^vde_plug: vde_open vxlan:.*: vni is 0 to 16777215\n$/],
  ["vde_plug", ["vxlan://10.0.0.1,239.0.0.1"], 1, /^vde_plug: vde_open vxlan:.*: one group, or peers that are none\n$/],
  [
    "vde_plug",
    ["vxlan:///if=no-such"],
    1,
    /^vde_plug: vde_open vxlan:.*: No such device: no-such: there is no interface/,
  ],
  ["vde_plug", ["vxlan:///bogus=1"], 1, /^vde_plug: vde_open vxlan:.*: bogus: the options are port, /],
  ["vde_plug", ["vxvde://10.0.0.1"], 1, /^vde_plug: vde_open vxvde:.*: vxvde wants a multicast group\n$/],
  ["vde_plug", ["ws://"], 1, /^vde_plug: vde_open ws:.*: Invalid argument: .*ws:\/\/HOST\[:PORT\]\/PATH is wanted\n$/],
  ["vde_plug", ["wss://127.0.0.1:1/"], 1, /^vde_plug: vde_open wss:.*: Connection refused/],
  [
    "vde_plug",
    ["vde:///nowhere"],
    1,
    /^vde_plug: vde_open vde:.*: No such file or directory: no switch serves \/nowhere\/ctl: /,
  ],
  ["vde_plug", ["pcap://lo"], 1, /^vde_plug: vde_open pcap:.*: Invalid argument: it hands back all/],
  ["vde_plug", ["udp://1->no.invalid:5"], 1, /: no\.invalid: (unknown node or service|temporary failure)\n$/],
  ["vde_plug", ["crypt://no.invalid"], 1, /: no\.invalid: (unknown node or service|temporary failure)\n$/],
  ["vde_plug", ["crypt://"], 1, /^vde_plug: vde_open crypt:.*: \[USER@\]HOST\[:PORT\] is wanted\n$/],
  ["vde_plug", ["slirp:///bogus=1"], 1, /^vde_plug: vde_open slirp:.*: Invalid argument: bogus: the options are /],
  ["vde_plug", ["slirp:///addr=x"], 1, /^vde_plug: vde_open slirp:.*: x: an address is wanted, /],
  ["wirefilter", ["-d", "abc"], 1, /^wirefilter: -d abc: delay is 0 or more, in ms; a value is \[LR\|RL\]N/],
  ["wirefilter", ["-d", "100[1]"], 1, /^wirefilter: --delay 100\[1\]: Invalid argument: the states are 0 to 0\n$/],
  ["wirefilter", ["-l", "101"], 1, /^wirefilter: -l 101: loss is 0 to 100, in %/],
  ["wirefilter", ["--preset", "dialup"], 1, /^wirefilter: --preset dialup: the presets are none, dsl/],
  ["wirefilter", ["-v", "nocolon"], 1, /^wirefilter: --vde-plug nocolon: L:R is wanted/],
  ["wirefilter", ["-v", "-:-"], 1, /^wirefilter: -: one end alone is standard input and output\n$/],
  ["wirefilter", ["one"], 1, /^wirefilter: one: a wire has two ends, and one is named/],
  ["wirefilter", ["a", "b", "c"], 1, /^wirefilter: c: a wire has two ends/],
  ["wirefilter", ["-f", "/nowhere"], 1, /^wirefilter: --rcfile: \/nowhere: no such file or directory\n$/],
  [
    "wirefilter",
    ["-v", "/nowhere:/nowhere"],
    1,
    /^wirefilter: vde_open \/nowhere: No such file or directory: no switch serves /,
  ],
  ["wirefilter", ["--blink", `/${"x".repeat(108)}`], 1, /^wirefilter: --blink: \/x+: name too long\n$/],
  ["vde_plug2tap", [], 255, /^vde_plug2tap: the name of one tap interface is wanted/],
  ["vde_plug2tap", ["a", "b"], 255, /^vde_plug2tap: the name of one tap interface is wanted/],
  ["vde_plug2tap", ["-p", "0", "a"], 255, /^vde_plug2tap: -p 0: a port is 1 to/],
  ["vde_plug2tap", ["-s", "-", "a-name-that-is-too-long"], 1, /^vde_plug2tap: vde_open tap:.*: Invalid argument: /],
  ["vde_pcapplug", [], 255, /^vde_pcapplug: the name of one network interface is wanted/],
  ["vde_pcapplug", ["a", "b"], 255, /^vde_pcapplug: the name of one network interface is wanted/],
  ["vde_pcapplug", ["-p", "0", "a"], 255, /^vde_pcapplug: -p 0: a port is 1 to/],
  [
    "vde_pcapplug",
    ["-s", "-", "no-such"],
    1,
    /^vde_pcapplug: vde_open pcap:.*: No such device: there is no interface of/,
  ],
  ["vde_pcapplug", ["-s", "-", "lo"], 1, /^vde_pcapplug: vde_open pcap:.*: Invalid argument: it hands back all/],
  ["dpipe", [], 1, /^dpipe: /],
  ["dpipe", ["true"], 1, /^dpipe: /],
  ["dpipe", ["true", "="], 1, /^dpipe: /],
  ["dpipe", ["true", "=}", "true"], 1, /^dpipe: /],
  ["dpipe", ["true", "=", "no-such-command"], 127, /^dpipe: .*no such file or directory\n$/],
  ["vdeq", [], 255, /^vdeq: the name of QEMU's program is wanted first\n$/],
  ["vdeq", ["true", "-net", "vde,foo=1"], 255, /^vdeq: .*foo/],
  ["vdeterm", ["/nowhere"], 255, /^vdeterm: Socket connecting error: \/nowhere: No such file or directory: .*-M/],
  [
    "vdeterm",
    ["SW"],
    255,
    /^vdeterm: Socket connecting error: .*sw: Connection refused: that is a directory for plugs/,
  ],
  [
    "vdeterm",
    ["LAB"],
    255,
    /^vdeterm: Socket connecting error: .*: Connection refused: that is a directory; the console/,
  ],
  ["vdeterm", [], 255, /^vdeterm: the management socket is wanted/],
  ["unixterm", ["/nowhere"], 255, /^unixterm: Socket connecting error: \/nowhere: No such file or directory: .*-M/],
  ["unixterm", ["a", "b"], 255, /^unixterm: the management socket is wanted/],
  ["unixcmd", ["showinfo"], 255, /^unixcmd: Socket connecting error: \/var\/run\/unixcmd: No such file .*: .*-M/],
  ["unixcmd", ["-s", "x"], 255, /^unixcmd: a command is wanted/],
  ["unixcmd", ["-f", "/nowhere", "x"], 255, /^unixcmd: \/nowhere: ENOENT/],
];

/** They take words of any kind, which are another program's, or a port of a switch by any path. */
const TAKES_ANYTHING = ["qemu"];
const NEVER_REFUSED = ["null", "stdio"];

async function refuses([tool, words, code, message]: Row): Promise<void> {
  await inLab(async (lab) => {
    const needsSwitch = words.some((word) => word.includes("SW"));
    const directory = needsSwitch ? (await startSwitch(lab, "sw")).directory : "";
    const line = words.map((word) => word.replace("SW", directory).replace("LAB", lab.folder));
    const program = startTool(lab, tool, ...line);
    assert.equal(await program.exit(), { code, signal: null });
    assert.match(program.complaints(), message);
    assert.is(program.text(), "");
  })();
}

for (const row of REFUSED) test(`${row[0]} ${row[1].join(" ")} is refused with ${row[2]}`, () => refuses(row));

for (const { name, aka, load } of TOOLS) {
  if (TAKES_ANYTHING.includes(name)) continue;
  for (const tool of aka)
    test(`${tool} refuses an option that it has not`, async () => {
      const { misuse = 1 } = await load();
      await refuses([tool, ["--bogus"], misuse, new RegExp(`^${tool}: --bogus: no such option\\n$`)]);
    });
}

test("there is a wrong URL of every kind of link", () => {
  const named = REFUSED.flatMap(([, words]) => words).join(" ");
  const kinds = SCHEMES.map(({ scheme }) => scheme).filter((scheme) => !NEVER_REFUSED.includes(scheme));
  const missing = kinds.filter((scheme) => !named.includes(`${scheme}://`));
  assert.equal(missing, []);
});

test.run();
