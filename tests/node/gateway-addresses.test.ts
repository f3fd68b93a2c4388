// Which addresses are this machine's.

import { execFileSync } from "node:child_process";
import { networkInterfaces } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { address } from "../../host/slirp/address.js";
import { isHostAddress } from "../../host-node/gateway/host-addresses.js";

const test = suite("gateway addresses");

test("all that its interfaces have, and no others", () => {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const own = all.filter(({ scopeid = 0 }) => scopeid === 0).map((each) => each.address);
  assert.ok(own.length > 0);
  for (const text of own) assert.ok(isHostAddress(address(text)), text);
  for (const text of ["198.51.100.7", "240.0.0.1", "8.8.8.8", "2001:db8:7::7"])
    assert.not(isHostAddress(address(text)), text);
});

test("an address is taken for this machine's where there is no descriptor to ask with", () => {
  const module = new URL("../../host-node/gateway/host-addresses.js", import.meta.url).pathname;
  const program = `
    import { openSync } from "node:fs";
    import { isHostAddress } from ${JSON.stringify(module)};
    const isOwn = (last) => isHostAddress(Uint8Array.of(198, 51, 100, last));
    const before = isOwn(7);
    try { for (;;) openSync("/dev/null"); } catch {}
    console.log(before, isOwn(8));`;
  const shell = 'ulimit -n 60 && exec "$@"';
  const node = [process.execPath, "--input-type=module", "-e", program];
  assert.is(execFileSync("sh", ["-c", shell, "sh", ...node], { encoding: "utf8" }), "false true\n");
});

test.run();
