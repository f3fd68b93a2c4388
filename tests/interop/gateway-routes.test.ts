// What a gateway makes of the routes of the machine that it is on: a network namespace, with interfaces that lead nowhere.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace, type Namespace, run } from "./namespace.js";

const test = suite("gateway routes");
const withNamespaces = needs(test, { commands: ["ip"], namespaces: true });
const moduleAt = (path: string) => JSON.stringify(new URL(`../../host-node/${path}`, import.meta.url).pathname);

/** A machine with a network of each family, which it leads packets of IPv6 to as a router. */
async function machine(lab: Lab): Promise<Namespace> {
  const made = await makeNamespace(lab);
  const ip = (line: string) => run("ip", ["-n", made.name, ...line.split(" ")]);
  await ip("link set lo up");
  await ip("tuntap add loomd0 mode tap");
  await made.configure("loomd0", "198.51.100.10/24");
  await ip("address add 2001:db8:5::10/64 dev loomd0 nodad");
  await ip("route add local 203.0.113.0/28 dev lo");
  await ip("route add local 2001:db8:9::/64 dev lo");
  const write = 'const fs = require("node:fs"); fs.writeFileSync("/proc/sys/net/ipv6/conf/all/forwarding", "1")';
  await run(made.inside[0]!, [...made.inside.slice(1), process.execPath, "-e", write]);
  return made;
}

async function node(made: Namespace, program: string): Promise<string> {
  const words = [...made.inside, process.execPath, "--input-type=module", "-e", program];
  return (await run(words[0]!, words.slice(1))).stdout.trim();
}

withNamespaces(
  "an address that only the host's routes make its own is the host's, and its neighbours' are not",
  inLab(async (lab) => {
    const own = ["198.51.100.10", "203.0.113.5", "198.51.100.255", "2001:db8:5::10", "2001:db8:5::", "2001:db8:9::77"];
    const others = ["198.51.100.20", "203.0.113.77", "192.0.2.1", "2001:db8:5::20", "2001:db8:9:1::1", "2001:db8:7::"];
    const program = `
      import { isHostAddress } from ${moduleAt("gateway/host-addresses.js")};
      import { address } from ${moduleAt("../host/slirp/address.js")};
      const all = ${JSON.stringify([...own, ...others])};
      console.log(all.filter((text) => isHostAddress(address(text))).join(" "));`;
    assert.is(await node(await machine(lab), program), own.join(" "));
  }),
);

withNamespaces(
  "a ping to a host that there is no way to is told of, whether its user may ping or not",
  inLab(async (lab) => {
    const program = `
      import { NodeBackend } from ${moduleAt("gateway/backend.js")};
      import { writeFileSync } from "node:fs";
      const world = new NodeBackend();
      const say = (host) =>
        new Promise((done) => world.ping(host, new Uint8Array(8), (outcome) => done(outcome.reason ?? outcome)));
      const found = [];
      for (const range of ["1 0", "0 2147483647"]) {
        writeFileSync("/proc/sys/net/ipv4/ping_group_range", range);
        for (const host of ["192.0.2.1", "2001:db8:7::7"]) found.push(await say(host));
      }
      console.log(found.join(" "));`;
    assert.is(await node(await machine(lab), program), "network network network network");
  }),
);

test.run();
