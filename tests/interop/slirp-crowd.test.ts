// A hundred guests behind one gateway at once: each a network namespace with a hardware address of its own on one tap, which
// asks for a lease, and then fetches a file with all the others.

import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { openConsole } from "./console.js";
import { leaseScript, serveHttp, startGuestBehind } from "./gateway.js";
import { inLab, type Lab } from "./lab.js";
import { run } from "./namespace.js";

const test = suite("slirp crowd");
const crowd = needs(test, { commands: ["ip", "busybox", "sh", "sha256sum"], namespaces: true });
const COUNT = 100;
const FILE = 200_000;

/** Makes namespaces with an interface each on the tap of another one. */
async function makeCrowd(lab: Lab, namespace: string): Promise<readonly string[]> {
  const names = Array.from({ length: COUNT }, (_, i) => `${namespace}-${i}`);
  const remove = lab.path("remove");
  writeFileSync(remove, names.map((name) => `netns delete ${name}\n`).join(""));
  const batch = async (lines: string, ...options: string[]) => {
    const path = lab.path("batch");
    writeFileSync(path, lines);
    await run("ip", [...options, "-batch", path]);
  };
  lab.later(() => void spawnSync("ip", ["-force", "-batch", remove]));
  await batch(names.map((name) => `netns add ${name}\n`).join(""));
  const link = (name: string, i: number) =>
    `link add m${i} link g0 type macvlan mode bridge\nlink set m${i} netns ${name} name eth0\n`;
  await batch(names.map(link).join(""), "-n", namespace);
  return names;
}

/** What each guest does: it prints its lease, and the hash of what it fetched. */
function guestScript(lab: Lab, url: string): string {
  const path = lab.path("guest.sh");
  const lease = leaseScript(lab);
  const lines = [
    "ip link set eth0 up",
    `busybox udhcpc -i eth0 -n -q -t 20 -T 3 -s ${lease} 2>/dev/null`,
    `busybox wget -q -O - ${url} | sha256sum`,
  ];
  writeFileSync(path, `#!/bin/sh\n${lines.join("\n")}\n`, { mode: 0o755 });
  return path;
}

crowd(
  `${COUNT} guests get a lease each, and fetch a file at once`,
  inLab(async (lab) => {
    const file = randomBytes(FILE);
    let most = 0;
    let now = 0;
    const port = await serveHttp(lab, (_request, response) => {
      most = Math.max(most, ++now);
      response.on("close", () => now--);
      setTimeout(() => response.end(file), 500).unref(); // so that there are many at once
    });
    const mgmt = lab.path("mgmt");
    const guest = await startGuestBehind(lab, "slirpvde", "-dhcp", "-M", mgmt);
    const names = await makeCrowd(lab, guest.namespace.name);
    const script = guestScript(lab, `http://10.0.2.2:${port}/`);
    const programs = names.map((name) => lab.start("ip", "netns", "exec", name, script));
    await Promise.all(programs.map((program) => program.exit(120_000)));
    const hash = createHash("sha256").update(file).digest("hex");
    const addresses = programs.map((program) => {
      const [, address = ""] = /^bound (\S+) router 10\.0\.2\.2/m.exec(program.text()) ?? [];
      assert.match(program.text(), new RegExp(`^${hash}`, "m"), program.complaints());
      return address;
    });
    assert.is(new Set(addresses).size, COUNT, "no two have the same address");
    assert.ok(most > 1, `${most} at once`);
    const console = await openConsole(lab, mgmt, { prompt: "\nVDEslirp$ " });
    const leases = await console.command("slirp/leases");
    assert.is(leases.match(/^10\.0\.2\.\d+ /gm)?.length, COUNT);
    assert.not.match(await console.command("slirp/list"), /drop a limit was reached/);
  }),
);

test.run();
