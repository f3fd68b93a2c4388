// The worker of one guest: an emulator, so that it slows down neither the page nor the other guest.

import { borrow, browserClock, type Handle, v86 } from "etherloom/browser";
import { V86 } from "v86";
import { Guest, MACHINE, type Outcome } from "../../../guests/guest.js";
import { Filter } from "../../../host/wire/filter.js";
import { wireOf } from "../../../host/wire/link.js";
import { applyFaults, type Faults } from "./faults.js";

export interface Images {
  readonly state: ArrayBuffer;
  readonly bios: ArrayBuffer;
  readonly vgaBios: ArrayBuffer;
  /** Where the emulator's own code is. */
  readonly wasm: string;
}

export type Order =
  | { readonly kind: "start"; readonly images: Images }
  | { readonly kind: "plug"; readonly handle: Handle }
  | { readonly kind: "faults"; readonly faults: Faults }
  | { readonly kind: "run"; readonly line: string }
  | { readonly kind: "type"; readonly text: string };

export type Report =
  | { readonly kind: "started" }
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "done"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly reason: string };

/** How long what a guest writes is gathered before it is sent on. */
const GATHER_MS = 8;

const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
const filter = new Filter({ seed, now: () => browserClock.now() });
let emulator: V86;
let guest: Guest | undefined;
let output = "";

function report(message: Report): void {
  postMessage(message);
}

async function start({ state, bios, vgaBios, wasm }: Images): Promise<void> {
  emulator = new V86({
    ...MACHINE,
    wasm_path: wasm,
    bios: { buffer: bios },
    vga_bios: { buffer: vgaBios },
    initial_state: { buffer: state },
    net_device: { type: "virtio" },
  });
  guest = new Guest(emulator);
  guest.onoutput(gather);
  await guest.started();
  report({ kind: "started" });
}

/** A cable with faults, from the adapter to the port. */
async function plug(handle: Handle): Promise<void> {
  const adapter = v86(emulator);
  const [near, far] = [wireOf(filter, browserClock)(adapter), await borrow(handle)];
  near.onframe = (frame) => far.send(frame);
  far.onframe = (frame) => near.send(frame);
}

/** One message for what comes within a few milliseconds: a guest writes octet by octet. */
function gather(octet: number): void {
  if (output === "") setTimeout(flush, GATHER_MS);
  output += String.fromCharCode(octet);
}

function flush(): void {
  report({ kind: "output", text: output });
  output = "";
}

async function obey(order: Order): Promise<void> {
  if (order.kind === "start") await start(order.images);
  else if (order.kind === "plug") await plug(order.handle);
  else if (order.kind === "faults") applyFaults(filter, order.faults);
  else if (order.kind === "type") guest?.type(order.text);
  else if (guest !== undefined) report({ kind: "done", outcome: await guest.run(order.line) });
}

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  obey(data).catch((error) => report({ kind: "failed", reason: String(error) }));
});
