// Two machines in QEMU, each with `-netdev vde`, reach one another through the switch under test.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noGuest } from "../../guests/parts.js";
import { needs } from "../skip.js";
import { machine, packImage, startGuest } from "./guest.js";
import { inLab } from "./lab.js";
import { startSwitch } from "./switch.js";
import { startTool } from "./tools.js";

const test = suite("QEMU guests");
const withGuests = needs(test, { commands: ["qemu-system-x86_64"], unless: noGuest });

/** Software emulation of two machines on two cores that others use too. */
const BOOT_MS = 120_000;

const LEFT = { address: "10.9.0.1", mac: "52:54:00:00:00:01" };
const RIGHT = { address: "10.9.0.2", mac: "52:54:00:00:00:02" };

withGuests(
  "two guests ping each other through the switch",
  inLab(async (lab) => {
    const { directory, console } = await startSwitch(lab, "sw");
    const image = packImage(lab);
    const left = startGuest(lab, directory, image, { ...LEFT, peer: RIGHT.address });
    const right = startGuest(lab, directory, image, { ...RIGHT, peer: LEFT.address });
    await left.says(/guest 10\.9\.0\.1: 10\.9\.0\.2 answers/, BOOT_MS);
    await right.says(/guest 10\.9\.0\.2: 10\.9\.0\.1 answers/, BOOT_MS);
    const learnt = await console.command("hash/print");
    for (const { mac } of [LEFT, RIGHT]) assert.match(learnt, new RegExp(`Addr: ${mac} VLAN 0000 to port: 00[12] `));
  }),
);

withGuests(
  "guests by stream and by dgram, without libvdeplug, ping each other through the switch",
  inLab(async (lab) => {
    const [stream, near, far] = ["stream", "near", "far"].map((name) => lab.path(name)) as [string, string, string];
    const options = ["--link", `stream://${stream}[server]`, "--link", `dgram://${near}->${far}`];
    const { directory, console } = await startSwitch(lab, "sw", { options });
    await console.shows("port/print", /dgram:/);
    const image = packImage(lab);
    const byStream = `stream,server=off,addr.type=unix,addr.path=${stream}`;
    const byDgram = `dgram,local.type=unix,local.path=${far},remote.type=unix,remote.path=${near}`;
    const left = startGuest(lab, directory, image, { ...LEFT, peer: RIGHT.address, netdev: byStream });
    const right = startGuest(lab, directory, image, { ...RIGHT, peer: LEFT.address, netdev: byDgram });
    await left.says(/guest 10\.9\.0\.1: 10\.9\.0\.2 answers/, BOOT_MS);
    await right.says(/guest 10\.9\.0\.2: 10\.9\.0\.1 answers/, BOOT_MS);
  }),
);

withGuests(
  "vdeqemu puts guests on the switch, by QEMU's own plug and by ours",
  inLab(async (lab) => {
    const { directory, console } = await startSwitch(lab, "sw");
    const image = packImage(lab);
    const start = (guest: typeof LEFT, peer: string, sock: string) =>
      startTool(
        lab,
        "vdeqemu",
        ...machine(image, { ...guest, peer }),
        "-net",
        "nic,model=virtio",
        "-net",
        `vde,sock=${sock}`,
      );
    const left = start(LEFT, RIGHT.address, directory);
    const right = start(RIGHT, LEFT.address, `vde://${directory}[5]`);
    await left.says(/guest 10\.9\.0\.1: 10\.9\.0\.2 answers/, BOOT_MS);
    await right.says(/guest 10\.9\.0\.2: 10\.9\.0\.1 answers/, BOOT_MS);
    assert.match(await console.command("port/print 5"), /vdeqemu user=/);
    right.signal("SIGTERM");
    assert.is((await right.exit()).code, 0);
  }),
);

test.run();
