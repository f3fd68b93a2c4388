// What people are told to do where a link cannot be opened.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { adviceFor } from "../../host-node/transports/advice.js";

const test = suite("advice");

const ADVICE: readonly [name: string, code: string, advice: RegExp | undefined][] = [
  ["", "ENOENT", /^no switch serves \/var\/run\/vde.ctl or \/tmp\/vde.ctl: vde_switch starts one$/],
  ["/run/sw[3]", "ENOENT", /^no switch serves \/run\/sw\/ctl: vde_switch -s \/run\/sw starts one$/],
  ["vde:///run/sw", "ECONNREFUSED", /^no switch serves \/run\/sw\/ctl any more: /],
  ["/run/sw", "EACCES", /^this user may not use \/run\/sw: --mode and --group of the switch say who may$/],
  ["/run/sw.mgmt", "ENOTDIR", /by its directory \(-s\), and not by its console \(-M\)$/],
  ["tap://t7", "EPERM", /^start it as root, or let root run: ip tuntap add dev t7 mode tap user \S+$/],
  ["tap://t7", "EBUSY", /another program has it open/],
  ["stream:///run/x", "ECONNREFUSED", /^start who listens at \/run\/x first/],
  ["dgram:///run/a->/run/b", "ENOENT", /mkdir/],
  ["cmd://frobnicate", "ENOENT", /PATH/],
  ["null://", "EIO", undefined],
  ["nix://x", "ENOENT", undefined],
];

for (const [name, code, advice] of ADVICE)
  test(`${code} of "${name}" says ${advice ? "what to do" : "no more"}`, () => {
    const given = adviceFor(name, code);
    if (advice === undefined) assert.is(given, undefined);
    else assert.match(given ?? "", advice);
  });

test.run();
