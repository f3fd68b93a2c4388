// v86 under Node as a client of our WebSocket server, by its own code and nothing but a relay_url: iPXE guests ping one
// another, and what is plugged into the same switch by VDE's own tools.

import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noGuest } from "../../guests/parts.js";
import { openSwitch } from "../../host-node/open.js";
import { plugLink } from "../../host-node/transports/plug-link.js";
import { call, serve } from "../node/ws.js";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace } from "./namespace.js";
import type { Program } from "./program.js";
import { until } from "./wait.js";

const test = suite("v86 by its relay_url");
const guest = needs(test, { unless: noGuest });
const guestAndTap = needs(test, { unless: noGuest, commands: ["ip", "vde_plug2tap"], namespaces: true });

const BOOT_MS = 180_000;
const program = fileURLToPath(new URL("relay-guest.js", import.meta.url));

/** A machine with an address that runs a script of iPXE, and then waits. */
function boot(lab: Lab, url: string, type: "virtio" | "ne2k", address: string, ...script: readonly string[]): Program {
  const setup = ["ifopen net0", `set net0/ip ${address}`, "set net0/netmask 255.255.255.0", "echo READY"];
  return lab.start(process.execPath, program, url, type, [...setup, ...script, "shell"].join("\n"));
}

for (const type of ["virtio", "ne2k"] as const)
  guest(
    `carries pings between two guests in a room: ${type}`,
    inLab(async (lab) => {
      const { at, service, sw } = await serve(lab, { rooms: { named: { lab: 10 } } });
      const url = at("room/lab");
      await boot(lab, url, type, "10.0.0.2").says(/READY/, BOOT_MS);
      const asking = boot(lab, url, type, "10.0.0.1", "ping --count 3 10.0.0.2 && echo PASS || echo FAIL");
      await asking.says(/PASS/, BOOT_MS);
      const [one, two] = service.list();
      assert.equal([one!.client.coding.protocol, one!.room.name, two!.client.unfit], ["", "lab", 0]);
      assert.equal([...new Set([...sw.fdb.list()].map(({ vlan }) => vlan))], [10]);
    }),
  );

guest(
  "comes back by its own means when the server was away",
  inLab(async (lab) => {
    const first = await serve(lab);
    const port = Number(new URL(first.at()).port);
    boot(lab, first.at(), "virtio", "10.0.0.1", ":again", "ping --count 1 --timeout 500 10.0.0.2 ||", "goto again");
    await until("the guest is there", () => first.service.list().length === 1, BOOT_MS);
    await first.sw.close();
    const second = await openSwitch({ ws: { port } });
    lab.later(() => second.close());
    const ear = await call(lab, second.webSockets!.url);
    await until("the guest is heard again", () => ear.heard.length > 0, BOOT_MS);
  }),
);

guestAndTap(
  "carries pings from a guest to a tap that VDE's own vde_plug2tap holds, over a trunk between two switches",
  inLab(async (lab) => {
    const { at } = await serve(lab);
    const dir = lab.path("far");
    const far = await openSwitch({ vde: { dir } });
    lab.later(() => far.close());
    await plugLink(far, at(), {});
    const there = await makeNamespace(lab);
    lab.start("ip", ...there.inside.slice(1), "vde_plug2tap", "-s", dir, "tap0");
    await there.configure("tap0", "10.0.0.9/24");
    const asking = boot(lab, at(), "virtio", "10.0.0.1", "ping --count 3 10.0.0.9 && echo PASS || echo FAIL");
    await asking.says(/PASS/, BOOT_MS);
  }),
);

test.run();
