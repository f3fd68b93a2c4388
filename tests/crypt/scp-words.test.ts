// What scp's users keep in SCP_EXTRA_OPTIONS, as ssh takes it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sshWords } from "../../host-node/crypt/scp-words.js";

const test = suite("SCP_EXTRA_OPTIONS");

for (const [given, ssh] of [
  ["", ""],
  ["-P 2222", "-p 2222"],
  ["-P2222", "-p 2222"],
  ["-p 2222", "-p 2222"],
  ["-p -P 22", "-p 22"],
  ["-oPort=22", "-o Port=22"],
  ["-F/etc/cable.conf", "-F /etc/cable.conf"],
  ["-i '/a key' -J jump@host:22", "-i /a key -J jump@host:22"],
  ["-BCq -l 800 -P 22", "-oBatchMode=yes -C -q -p 22"],
  ["-rp -o StrictHostKeyChecking=no -4v", "-o StrictHostKeyChecking=no -4 -v"],
] as const) {
  test(`"${given}" is "${ssh}" for ssh`, () => assert.is(sshWords(given).join(" "), ssh));
}

for (const given of ["host", "-P", "-Z", "--port 22", "-S /bin/sh", "-"]) {
  test(`"${given}" is refused`, () => assert.throws(() => sshWords(given), /SCP_EXTRA_OPTIONS/));
}

test.run();
