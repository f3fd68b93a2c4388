// A guest of v86 that goes on from a saved state in this page. Who serves the page serves what the guest is made of.

import type { V86, V86Options } from "v86";
import { Guest, MACHINE } from "../../../guests/guest.js";

export interface Woken {
  readonly emulator: V86;
  readonly guest: Guest;
}

/** Resolves when the guest takes commands. */
export async function wake(net_device: V86Options["net_device"] = {}): Promise<Woken> {
  const { V86 } = (await import(new URL("/v86/libv86.mjs", location.href).href)) as typeof import("v86");
  const emulator = new V86({
    ...MACHINE,
    wasm_path: "/v86/v86.wasm",
    bios: { url: "/guests/bios.bin" },
    vga_bios: { url: "/guests/vgabios.bin" },
    initial_state: { url: "/state" },
    net_device: { type: "virtio", ...net_device },
  });
  const guest = new Guest(emulator);
  await guest.started();
  return { emulator, guest };
}
