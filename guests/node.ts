// Guests on Node: machines of the package v86 that boot what scripts/guests.sh has fetched, or go on from a saved state.

import { fileURLToPath } from "node:url";
import { V86, type V86Options } from "v86";
import { Guest, MACHINE } from "./guest.js";
import { initrd, part } from "./parts.js";

const wasm = fileURLToPath(new URL("v86.wasm", import.meta.resolve("v86")));

/**
 * The kernel's command line. What is switched off costs an emulated machine many seconds, and is of no use here; pages that
 * are freed are filled with zeros, so that a state is half as long.
 */
export const COMMAND_LINE = [
  "console=ttyS0 quiet loglevel=3 panic=-1 nokaslr init_on_free=1",
  "tsc=reliable mitigations=off random.trust_cpu=on cryptomgr.notests noisapnp",
  "initcall_blacklist=load_system_certificate_list,init_blk_tracer,init_encrypted,init_kprobe_trace,crypto_kdf108_init",
].join(" ");

export interface Machine {
  readonly emulator: V86;
  readonly guest: Guest;
}

/** A machine that boots Linux. */
export function bootLinux(): Machine {
  return start({ bzimage: image(part("vmlinuz")), initrd: image(initrd()), cmdline: COMMAND_LINE });
}

/** A machine that goes on from a state, with an adapter of its own. */
export function resume(state: Uint8Array, net_device: V86Options["net_device"] = {}): Machine {
  return start({ initial_state: image(state), net_device: { type: "virtio", ...net_device } });
}

/** A machine that runs a script of iPXE. What it says is on its screen. */
export function bootIpxe(script: string, net_device: V86Options["net_device"] = { type: "virtio" }): V86 {
  const text = new TextEncoder().encode(`#!ipxe\n${script}\n`);
  return make({ bzimage: image(part("ipxe.lkrn")), initrd: image(text), cmdline: "", net_device });
}

/** The lines on a machine's screen. */
export function screen(emulator: V86): string {
  const adapter = emulator as unknown as { screen_adapter: { get_text_screen(): string[] } };
  return adapter.screen_adapter
    .get_text_screen()
    .map((line) => line.trimEnd())
    .join("\n")
    .trim();
}

function start(options: V86Options): Machine {
  const emulator = make({ net_device: { type: "virtio" }, ...options });
  return { emulator, guest: new Guest(emulator) };
}

function make(options: V86Options): V86 {
  const bios = { bios: image(part("bios.bin")), vga_bios: image(part("vgabios.bin")) };
  return new V86({ ...MACHINE, wasm_path: wasm, ...bios, ...options });
}

/** An image as v86 takes it: in memory of its own, which is a multiple of four octets. */
function image(octets: Uint8Array): { buffer: ArrayBuffer } {
  const whole = new Uint8Array(Math.ceil(octets.length / 4) * 4);
  whole.set(octets);
  return { buffer: whole.buffer };
}
