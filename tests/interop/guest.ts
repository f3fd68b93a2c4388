// A machine in QEMU, all in software, with one virtio adapter in a port of a switch. See guests/ for what it boots.

import { writeFileSync } from "node:fs";
import { initrd, PARTS } from "../../guests/parts.js";
import type { Lab } from "./lab.js";
import type { Program } from "./program.js";

const MEMORY_MB = 128;

export interface Image {
  readonly kernel: string;
  readonly initrd: string;
}

export function packImage(lab: Lab): Image {
  const path = lab.path("initrd");
  writeFileSync(path, initrd());
  return { kernel: `${PARTS}vmlinuz`, initrd: path };
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
    ...["-append", `console=ttyS0 quiet no_timer_check panic=-1 address=${address} peer=${peer}`],
  ];
}
