// The option parser: what getopt_long_only reads, and what it would let pass.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { QUEUE_COUNT } from "../../assembly/abi.js";
import { type Options, readOptions, UsageError } from "../../host-node/cli/options.js";
import { SWITCH_OPTIONS } from "../../host-node/tools/switch.js";

const test = suite("options");

const table = { ...SWITCH_OPTIONS, help: { short: "h", help: "" } } as const satisfies Options;

/** What was set by a command line, by name, and the words that were no options. */
function set(line: string): Record<string, unknown> {
  const { values, operands } = readOptions(table, line === "" ? [] : line.split(" "));
  const given = Object.entries(values).filter(([, value]) => value !== false && String(value) !== "");
  return { ...Object.fromEntries(given), ...(operands.length > 0 && { operands }) };
}

const GOOD: [line: string, meaning: Record<string, unknown>][] = [
  ["", {}],
  ["--sock /s", { sock: "/s" }],
  ["-sock /s", { sock: "/s" }],
  ["-sock=/s", { sock: "/s" }],
  ["--vdesock=/s", { sock: "/s" }],
  ["-unix=/a=b", { sock: "/a=b" }],
  ["-s /s", { sock: "/s" }],
  ["-s/s", { sock: "/s" }],
  ["-s=/s", { sock: "/s" }],
  ["--s /s", { sock: "/s" }],
  ["-s /a -s /b", { sock: "/b" }],
  ["-n 5", { numports: 5 }],
  ["-n5", { numports: 5 }],
  ["-n 0x10", { numports: 16 }],
  ["-n 010", { numports: 8 }],
  ["--priority 0", { priority: 0 }],
  ["-hash 64", { hashsize: 64 }],
  ["-hu", { hub: true }],
  ["-h", { help: true }],
  ["-ma 2:0.0:0:0:1".replace(".", ":"), { macaddr: Uint8Array.of(2, 0, 0, 0, 0, 1) }],
  ["--macaddr 02.00.00.00.0a.FF", { macaddr: Uint8Array.of(2, 0, 0, 0, 10, 255) }],
  ["-mo 640", { mode: 0o640 }],
  ["-m 0660 --dirmode 2770", { mode: 0o660, dirmode: 0o2770 }],
  ["-mgmtm 666", { mgmtmode: 0o666 }],
  ["-xF", { hub: true, fstp: true }],
  ["-xdn7", { hub: true, daemon: true, numports: 7 }],
  ["-dt tap0", { daemon: true, tap: ["tap0"] }],
  ["-nostdin", { nostdin: true }],
  ["--nost", { nostdin: true }],
  ["-de 5", { debugclients: 5 }],
  ["-t a -t b,c", { tap: ["a", "b", "c"] }],
  ["--t a", { tap: ["a"] }],
  ["--ta a", { tap: ["a"] }],
  ["--transparent --mtu 1500 --qlen=64", { transparent: true, mtu: 1500, qlen: 64 }],
  ["-x -- -y", { hub: true, operands: ["-y"] }],
  ["a -x -", { hub: true, operands: ["a", "-"] }],
];

for (const [line, meaning] of GOOD) test(`reads ${line || "nothing"}`, () => assert.equal(set(line), meaning));

const ports = "the number of ports is 1 to 4096";
const octal = "permissions are octal, 0 to 7777";
const mac = "an address is six hexadecimal numbers and of no group, as 02:00:00:00:00:01";
const file = "a path is wanted (./-x for one that begins with a dash)";
const tap = "the name of an interface has 1 to 15 octets, no blank, no slash, no colon";

const BAD: [line: string, message: string][] = [
  ["--bogus", "--bogus: no such option"],
  ["-Z", "-Z: no such option"],
  ["-xZ", "-Z: no such option"],
  ["--=x", "--: no such option"],
  ["--sokc /s", "--sokc: no such option: perhaps --sock"],
  ["-sokc /s", "-sokc: no such option: perhaps --sock or -s okc"],
  ["-tap0", "-tap0: no such option: perhaps --tap or -t ap0"],
  ["--deamon", "--deamon: no such option: perhaps --daemon"],
  ["--mg x", "--mg could be --mgmt, --mgmtmode, --mgmtgroup"],
  ["--hub=1", "--hub 1: it takes no value"],
  ["-s", `-s: PATH is missing: ${file}`],
  ["--numports", `--numports: N is missing: ${ports}`],
  ["--sock=", `--sock : ${file}`],
  ["-s -d", `-s -d: ${file}`],
  ["-n 0", `-n 0: ${ports}`],
  ["--numports 0", `--numports 0: ${ports}`],
  ["-n -3", `-n -3: ${ports}`],
  ["-n 4097", `-n 4097: ${ports}`],
  ["-n 5x", `-n 5x: ${ports}`],
  ["-n 08", `-n 08: ${ports}`],
  ["-n 1.5", `-n 1.5: ${ports}`],
  ["-n abc", `-n abc: ${ports}`],
  ["-nostdn", "-nostdn: no such option: perhaps --nostdin or -n ostdn"],
  ["--hashsize -5", "--hashsize -5: the hash size is 1 to 1073741824"],
  ["--priority 0x10000", "--priority 0x10000: the priority is 0 to 65535"],
  ["-m 888", `-m 888: ${octal}`],
  ["-m rw", `-m rw: ${octal}`],
  ["--mgmtmode 77777", `--mgmtmode 77777: ${octal}`],
  ["--macaddr 1:2:3:4:5", `--macaddr 1:2:3:4:5: ${mac}`],
  ["--macaddr 1:2:3:4:5:6:7", `--macaddr 1:2:3:4:5:6:7: ${mac}`],
  ["--macaddr 1:2.3:4:5:6", `--macaddr 1:2.3:4:5:6: ${mac}`],
  ["--macaddr 100:0:0:0:0:1", `--macaddr 100:0:0:0:0:1: ${mac}`],
  ["--macaddr 01:00:5e:00:00:01", `--macaddr 01:00:5e:00:00:01: ${mac}`],
  ["-t abcdefghijklmnop", `-t abcdefghijklmnop: ${tap}`],
  ["-t a/b", `-t a/b: ${tap}`],
  ["-t a,,b", `-t : ${tap}`],
  ["-g -d", "-g -d: the name of a group is wanted"],
  ["--mtu 45", "--mtu 45: the MTU is 46 to 9216"],
  ["--mtu 9217", "--mtu 9217: the MTU is 46 to 9216"],
  ["--qlen 0", `--qlen 0: a queue's length is 1 to ${QUEUE_COUNT}`],
];

for (const [line, message] of BAD) {
  test(`refuses ${line}`, () => {
    try {
      set(line);
    } catch (error) {
      assert.instance(error, UsageError);
      assert.is((error as Error).message, message);
      return;
    }
    assert.unreachable("it passed");
  });
}

test("makes a path absolute, so that it stays what was typed", () => {
  assert.is(set("-s a/../b")["sock"], `${process.cwd()}/b`);
});

test("shows odd characters of a bad value without sending them to a terminal", () => {
  assert.throws(() => readOptions(table, ["-n", "\x1b[2J\n"]), /^-n \\u001b\[2J\\n: /);
});

test.run();
