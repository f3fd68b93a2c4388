// A page of the bench: two guests of v86, joined by one of several designs.

import { openSwitch, v86 } from "etherloom/browser";
import type { V86 } from "v86";
import { type Woken, wake } from "../../../tests/browser/page/wake.js";

export type Design = "switch" | "hub" | "inbrowser";

/** The part of v86 that its own examples send frames with, and its types leave out. */
type Bus = { readonly bus: { send(event: "net0-receive", frame: Uint8Array): void } };

const FILE = "/srv/file";
const COPY = "/tmp/copy";

let machines: [Woken, Woken];

/** Wakes the guests, and waits until they reach each other. */
export async function open(design: Design): Promise<void> {
  const adapter = design === "inbrowser" ? { relay_url: design } : {};
  machines = await Promise.all([wake(adapter), wake(adapter)]);
  const [left, right] = machines;
  if (design === "switch") await joinBySwitch(left.emulator, right.emulator);
  if (design === "hub") joinByHub(left.emulator, right.emulator);
  await Promise.all(machines.map(({ guest }, index) => guest.do(`network g${index + 1} 10.0.0.${index + 1}/24`)));
  await left.guest.do("until ping -c 1 -W 2 10.0.0.2; do sleep 1; done");
}

async function joinBySwitch(...emulators: readonly V86[]): Promise<void> {
  const sw = await openSwitch({ ports: emulators.length });
  for (const emulator of emulators) sw.plug(v86(emulator));
}

/** The least that there can be: each frame is copied and handed on at once, and nobody decides anything. */
function joinByHub(...emulators: readonly V86[]): void {
  for (const emulator of emulators)
    emulator.add_listener("net0-send", (frame: Uint8Array) => {
      for (const other of emulators)
        if (other !== emulator) (other as unknown as Bus).bus.send("net0-receive", frame.slice());
    });
}

/** What ping says at the end: the least and the mean, in milliseconds. */
export async function ping(count: number): Promise<{ leastMs: number; meanMs: number }> {
  const text = await machines[0].guest.do(`ping -q -i 0.1 -c ${count} 10.0.0.2`);
  const [, least, mean] = /min\/avg\/max = ([\d.]+)\/([\d.]+)\//.exec(text) ?? [];
  return { leastMs: Number(least), meanMs: Number(mean) };
}

/** The second guest serves a file of so many octets. */
export async function serve(kilobytes: number): Promise<void> {
  await machines[1].guest.do(
    `mkdir -p /srv; dd if=/dev/urandom of=${FILE} bs=1k count=${kilobytes} 2>/dev/null; httpd -h /srv`,
  );
}

/** The first one fetches it. How long that took by this page's clock. */
export async function fetchFile(): Promise<number> {
  const startMs = performance.now();
  await machines[0].guest.do(`wget -q -O ${COPY} http://10.0.0.2/file`);
  return performance.now() - startMs;
}

/** Whether it is the same. */
export async function isWhole(): Promise<boolean> {
  const sums = await Promise.all([COPY, FILE].map((path, index) => machines[index]!.guest.do(`md5sum <${path}`)));
  return sums[0] === sums[1];
}
