// A machine in QEMU, all in software, with one virtio adapter in a port of a switch. scripts/peers.sh fetches its
// kernel and busybox from Debian packages; what it boots is packed here.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cpio } from "./cpio.js";
import type { Lab } from "./lab.js";
import type { Program } from "./program.js";

/** Where scripts/peers.sh puts the parts. */
const parts = fileURLToPath(new URL("../../../.cache/guest/", import.meta.url));
const MEMORY_MB = 128;

/** In the order in which each finds what it needs. */
const MODULES = [
  "failover",
  "net_failover",
  "virtio_ring",
  "virtio",
  "virtio_pci_legacy_dev",
  "virtio_pci_modern_dev",
  "virtio_pci",
  "virtio_net",
];

/** The kernel hands the words of its command line that it does not know to init as variables: address and peer. */
const INIT = `#!/bin/busybox sh
for module in ${MODULES.join(" ")}; do
  /bin/busybox insmod /modules/$module.ko
done
/bin/busybox ip link set eth0 up || /bin/busybox poweroff -f
/bin/busybox ip addr add $address/24 dev eth0
until /bin/busybox ping -c 1 -W 1 -s 1000 $peer; do /bin/busybox sleep 1; done
echo "guest $address: $peer answers"
while :; do /bin/busybox sleep 60; done
`;

/** A reason why no guest can be started, or false. */
export const noGuest =
  !["vmlinuz", "busybox", "modules/virtio_net.ko"].every((part) => existsSync(parts + part)) &&
  "needs .cache/guest: run scripts/peers.sh";

export interface Image {
  readonly kernel: string;
  readonly initrd: string;
}

export function packImage(lab: Lab): Image {
  const modules = readdirSync(`${parts}modules`);
  const files = new Map([
    ["init", Buffer.from(INIT)],
    ["bin/busybox", readFileSync(`${parts}busybox`)],
    ...modules.map((name) => [`modules/${name}`, readFileSync(`${parts}modules/${name}`)] as const),
  ]);
  const initrd = lab.path("initrd");
  writeFileSync(initrd, cpio(files));
  return { kernel: `${parts}vmlinuz`, initrd };
}

export interface GuestOptions {
  /** QEMU's -netdev without its id, where it is not `vde`. */
  readonly netdev?: string;
  readonly address: string;
  readonly peer: string;
  readonly mac: string;
}

/** Its serial console is the program's standard output. */
export function startGuest(lab: Lab, directory: string, image: Image, options: GuestOptions): Program {
  const { netdev = `vde,sock=${directory}`, mac } = options;
  const net = ["-netdev", `${netdev},id=net`, "-device", `virtio-net-pci,netdev=net,mac=${mac},romfile=`];
  return lab.start("qemu-system-x86_64", ...machine(image, options), ...net);
}

/** A machine without an adapter. */
export function machine(image: Image, { address, peer }: GuestOptions): string[] {
  return [
    ...["-nodefaults", "-no-user-config", "-accel", "tcg", "-m", `${MEMORY_MB}`, "-no-reboot"],
    ...["-display", "none", "-serial", "stdio"],
    ...["-kernel", image.kernel, "-initrd", image.initrd],
    ...["-append", `console=ttyS0 quiet panic=-1 address=${address} peer=${peer}`],
  ];
}
