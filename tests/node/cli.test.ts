// The command line from outside: names, help, misuse, and exit codes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { startLoom, startVdeSwitch } from "./cli-bench.js";

const test = suite("the command line");

/** What a switch says that does not start, and what it ends with. */
const REFUSED: [words: string[], code: number, message: RegExp][] = [
  [["--bogus"], 1, /^vde_switch: --bogus: no such option\n$/],
  [["-n", "0"], 1, /^vde_switch: -n 0: the number of ports is 1 to 4096\n$/],
  [["extra"], 1, /^vde_switch: extra: options only, no other words \(--help lists them\)\n$/],
  [["-g", "no-such-group"], 1, /^vde_switch: No such group 'no-such-group'\n$/],
  [["-M", "m", "--mgmtgroup", "no-such-group"], 1, /^vde_switch: No such group 'no-such-group'\n$/],
  [["-f", "no-such-file"], 1, /^vde_switch: --rcfile: .*no-such-file: no such file or directory\n$/],
  [["-t", "lo"], 1, /^vde_switch: .*tap lo|\/dev\/net\/tun/],
  [
    ["-p", "no/such/directory"],
    1,
    /^vde_switch: Error in pidfile creation: .*no\/such\/directory: no such file or directory\n$/,
  ],
  [["-s", "no/such/directory"], 255, /^vde_switch: .*no\/such\/directory/],
  [["-M", "no/such/directory"], 255, /^vde_switch: .*no\/such\/directory/],
  [
    ["--link", "vde:///nowhere"],
    1,
    /^vde_switch: vde:\/\/\/nowhere: no such file or directory: its other end must be there .* by port\/link\n$/,
  ],
  [["--link", "nix://x"], 1, /^vde_switch: nix:\/\/x: Protocol not supported: nix: the kinds of links are /],
];

for (const mode of ["in the foreground", "as a daemon"]) {
  for (const [words, code, message] of REFUSED) {
    test(
      `${words.join(" ")} is refused ${mode} with ${code}`,
      inLab(async (lab) => {
        const background = mode === "as a daemon" ? ["-d"] : [];
        const program = startVdeSwitch(lab, "-s", lab.path("sw"), ...background, ...words);
        assert.equal(await program.exit(), { code, signal: null });
        assert.match(program.complaints(), message);
        assert.is(program.text(), "");
      }),
    );
  }
}

test(
  "--help and --version are no failures",
  inLab(async (lab) => {
    const [help, version] = [startVdeSwitch(lab, "--help"), startVdeSwitch(lab, "-v")];
    assert.equal([await help.exit(), await version.exit()], Array(2).fill({ code: 0, signal: null }));
    assert.match(help.text(), /^Usage: vde_switch \[OPTION\]\.\.\.\n.* -s, --sock PATH /s);
    assert.match(version.text(), /^VDE 2\.3\.3 \(Etherloom \d+\.\d+\.\d+\)\n/);
  }),
);

test(
  "loom names its tools, runs one by its name, and knows no other",
  inLab(async (lab) => {
    const [tools, help, other, misuse] = [
      startLoom(lab),
      startLoom(lab, "switch", "--help"),
      startLoom(lab, "toaster"),
      startLoom(lab, "switch", "--bogus"),
    ];
    const codes = await Promise.all([tools, help, other, misuse].map(async (program) => (await program.exit()).code));
    assert.equal(codes, [0, 0, 2, 2]);
    assert.match(tools.text(), /^ {2}switch .*vde_switch/m);
    assert.match(help.text(), /^Usage: loom switch /);
    assert.match(help.text(), /^ {6}--ws \[ADDR:\]PORT\[\/PATH\]\n {27}serve WebSockets/m);
    assert.match(other.complaints(), /^loom: toaster: no such tool: switch, plug, (\w+, )*ctl, qemu(, \w+)*\n$/);
    assert.is(misuse.complaints(), "loom switch: --bogus: no such option\n");
  }),
);

test.run();
