// Peers that end and start again at the same path: what they say is heard, without a word of ours before.

import { mkdirSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noGuest } from "../../guests/parts.js";
import { close } from "../../host-node/native/libc.js";
import { bindTo, MSG_DONTWAIT, SOCK_DGRAM, sendTo, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { needs } from "../skip.js";
import { heard } from "./crossing.js";
import { frame, framed } from "./frames.js";
import { packImage, startGuest } from "./guest.js";
import { inLab } from "./lab.js";
import { plugInto } from "./plug.js";
import type { Program } from "./program.js";
import { startSwitch } from "./switch.js";
import { ours } from "./tools.js";
import { until } from "./wait.js";

const test = suite("peers that start again");
const withGuests = needs(test, { commands: ["qemu-system-x86_64"], unless: noGuest });
/** A machine in software on two cores that others use too. */
const BOOT_MS = 120_000;

/** A socket at a path, as QEMU makes its own: in the place of what is there. */
function boundAt(path: string): number {
  rmSync(path, { force: true });
  const fd = unixSocket(SOCK_DGRAM);
  bindTo(fd, sockaddrUn(path), path);
  return fd;
}

for (const [how, leave] of [
  ["without a word, and its file stays", () => {}],
  ["and its file is removed", (path: string) => rmSync(path)],
] as const)
  test(
    `dgram:// hears a peer that started again, which ended ${how}`,
    inLab(async (lab) => {
      const [own, far] = [lab.path("own"), lab.path("far")];
      const { directory } = await startSwitch(lab, "sw", { options: ["--link", `dgram://${own}->${far}`] });
      const plug = await plugInto(lab, directory);
      for (const life of [1, 2, 3]) {
        const peer = boundAt(far);
        await until(`what the peer says in life ${life}`, () => {
          sendTo(peer, frame(`p > * life ${life}`), MSG_DONTWAIT, sockaddrUn(own));
          return plug.all().includes(`p > * life ${life}`);
        });
        close(peer);
        leave(far);
      }
    }),
  );

test(
  "dgram:// lives on while the folder of its peer cannot be looked into, and hears the peer when it can",
  inLab(async (lab) => {
    const [own, folder] = [lab.path("own"), lab.path("theirs")];
    mkdirSync(folder);
    const { directory, program } = await startSwitch(lab, "sw", {
      options: ["--link", `dgram://${own}->${folder}/far`],
    });
    const plug = await plugInto(lab, directory);
    rmSync(folder, { recursive: true });
    symlinkSync(folder, folder); // ELOOP, for root as well
    await sleep(1_500); // it looks twice a second
    unlinkSync(folder);
    mkdirSync(folder);
    const peer = boundAt(`${folder}/far`);
    await until("what the peer says", () => {
      sendTo(peer, frame("p > * here"), MSG_DONTWAIT, sockaddrUn(own));
      return plug.all().includes("p > * here");
    });
    close(peer);
    assert.is(program.complaints(), "");
  }),
);

test(
  "a cable of dgram:// hears a peer that started again, though it is a pump and no switch",
  inLab(async (lab) => {
    const [own, far] = [lab.path("own"), lab.path("far")];
    const cable = lab.start(ours(lab, "vde_plug"), `dgram://${own}->${far}`);
    for (const life of [1, 2]) {
      const peer = boundAt(far);
      await until(`what the peer says in life ${life}`, () => {
        sendTo(peer, frame(`p > * life ${life}`), MSG_DONTWAIT, sockaddrUn(own));
        return heard(cable).includes(`p > * life ${life}`);
      });
      close(peer);
    }
  }),
);

test(
  "ptp:// hears its other end again after that was killed, whichever of the two it was",
  inLab(async (lab) => {
    const start = (): Program => lab.start(ours(lab, "vde_plug"), `ptp://${lab.path("p")}`);
    const [first, second] = [start(), start()];
    await says(second, first, "b > * one");
    second.signal("SIGKILL");
    await second.exit();
    const third = start();
    await says(third, first, "c > * two");
    first.signal("SIGKILL");
    await first.exit();
    await says(start(), third, "d > * three");
  }),
);

/** What one says, the other hears, and said nothing before. */
async function says(from: Program, to: Program, text: string): Promise<void> {
  await until(text, () => {
    from.tell(framed(frame(text)));
    return heard(to).includes(text);
  });
}

withGuests(
  "QEMU on dgram:// reaches the gateway again when it is started a second time, and a third after it was killed",
  inLab(async (lab) => {
    const [own, far] = [lab.path("own"), lab.path("far")];
    const options = ["--slirp", "--link", `dgram://${own}->${far}`];
    const { directory } = await startSwitch(lab, "sw", { options });
    const image = packImage(lab);
    const netdev = `dgram,local.type=unix,local.path=${far},remote.type=unix,remote.path=${own}`;
    const guest = { address: "10.0.2.15", peer: "10.0.2.2", mac: "52:54:00:00:00:15", netdev };
    for (const end of ["SIGTERM", "SIGKILL", "SIGTERM"] as const) {
      const machine = startGuest(lab, directory, image, guest);
      await machine.says(/guest 10\.0\.2\.15: 10\.0\.2\.2 answers/, BOOT_MS);
      machine.signal(end);
      await machine.exit();
    }
  }),
);

withGuests(
  "QEMU on dgram:// stays in when the switch is started again, without being told",
  inLab(async (lab) => {
    const [own, far] = [lab.path("own"), lab.path("far")];
    const link = ["--link", `dgram://${own}->${far}`];
    const first = await startSwitch(lab, "sw", { options: link });
    const netdev = `dgram,local.type=unix,local.path=${far},remote.type=unix,remote.path=${own}`;
    const guest = { address: "10.0.2.15", peer: "10.0.2.2", mac: "52:54:00:00:00:15", netdev };
    const machine = startGuest(lab, first.directory, packImage(lab), guest);
    await first.console.shows("hash/print", /52:54:00:00:00:15/, BOOT_MS);
    first.program.signal("SIGKILL");
    await first.program.exit();
    await startSwitch(lab, "sw", { options: ["--slirp", ...link] });
    await machine.says(/guest 10\.0\.2\.15: 10\.0\.2\.2 answers/, BOOT_MS);
  }),
);

test.run();
