// QEMU's command line, from VDE's words to today's.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rewrite } from "../../host-node/qemu/rewrite.js";

const test = suite("vdeq");

/** "words | sock port device | …", with the addresses "mac0", "mac1". */
function rewritten(line: string): string {
  let serial = 0;
  const { words, adapters, mode } = rewrite(
    line.split(" ").filter((word) => word !== ""),
    () => `mac${serial++}`,
  );
  const rows = adapters.map(({ sock, port, device }) => `${sock || "-"} ${port ?? "-"} ${device}`);
  return [words.join(" "), ...rows, ...(mode === undefined ? [] : [`mode ${mode.toString(8)}`])].join(" | ");
}

for (const [line, wanted] of [
  ["-hda img -net nic -net vde,sock=/tmp/vde.ctl", "-hda img | /tmp/vde.ctl - e1000,netdev=vde0,mac=mac0"],
  ["-net vde", " | - - e1000,netdev=vde0,mac=mac0"],
  ["-m 64", "-m 64 | - - e1000,netdev=vde0,mac=mac0"],
  [
    "-net nic,macaddr=52:54:00:00:00:01,model=virtio -net vde,port=3",
    " | - 3 virtio-net-pci,netdev=vde0,mac=52:54:00:00:00:01",
  ],
  [
    "-net nic,vlan=1,model=rtl8139 -net vde,vlan=1,sock=/b -net nic -net vde,sock=/a",
    " | /b - rtl8139,netdev=vde0,mac=mac0 | /a - e1000,netdev=vde1,mac=mac1",
  ],
  ["-sock /a,/b -m 9", "-m 9 | /a - e1000,netdev=vde0,mac=mac0 | /b - e1000,netdev=vde1,mac=mac1"],
  ["--mod 770 -net vde", " | - - e1000,netdev=vde0,mac=mac0 | mode 770"],
  ["-net user -net vde", "-net user | - - e1000,netdev=vde0,mac=mac0"],
  ["-net vde -net nic -net nic", "-net nic | - - e1000,netdev=vde0,mac=mac0"],
  ['-net vde,sock="/a"', " | /a - e1000,netdev=vde0,mac=mac0"],
] as const) {
  test(line, () => assert.is(rewritten(line), wanted));
}

for (const [line, message] of [
  ["-net vde,foo=1", /unknown parameter foo/],
  ["-net vde,port=x", /a port is a number/],
  ["--mod 9", /octal/],
] as const) {
  test(`${line} is refused`, () => assert.throws(() => rewritten(line), message));
}

test.run();
