// The network card of a v86 machine as a link. Its options must name a card, `net_device: { type: "virtio" }`, and no
// `relay_url`; a machine has one card, so that more networks come to it as VLANs of a trunk.

import { refuse } from "../host/errors.js";
import type { Frame } from "../host/link.js";
import { MachineLink, type MachineOptions, type Pace, QUICK } from "./machine.js";

/** What is asked of a machine of v86. It has a bus, of which its own types say nothing. */
export interface V86 {
  add_listener(event: string, listener: (value: unknown) => void): void;
  remove_listener(event: string, listener: (value: unknown) => void): void;
  readonly bus?: { send(event: string, value: unknown): void };
}

/** ne2k has room for eight full frames, and a guest whose ring stays full loses an interrupt and hangs. */
const NE2K: Pace = { burst: 4, pauseMs: 4, waiting: 256 };

export interface V86Options extends Omit<MachineOptions, "pace"> {
  /** The card that the machine was made with, as in `net_device.type`. "virtio" by default. */
  readonly type?: "virtio" | "ne2k";
}

/**
 * The card of a machine. It may come and go while the machine runs; the guest sees a cable that nobody answers on.
 * EINVAL for what is no machine.
 */
export function v86(machine: V86, { type = "virtio", name = `v86 ${type}`, ...options }: V86Options = {}): MachineLink {
  return new V86Link(machine, { ...options, name, pace: type === "ne2k" ? NE2K : QUICK });
}

class V86Link extends MachineLink {
  readonly #undo: () => void;

  constructor(machine: V86, options: MachineOptions) {
    const bus = machine.bus ?? refuse("EINVAL", "a machine of v86 is wanted, as `new V86(...)` makes it");
    const card = {
      send: (frame: Frame) => bus.send("net0-receive", frame),
      onframe: (_frame: Frame) => {},
    };
    super(card, options);
    const hear = (frame: unknown) => card.onframe(frame as Frame);
    machine.add_listener("net0-send", hear);
    this.#undo = () => machine.remove_listener("net0-send", hear);
  }

  protected override shut(): void {
    super.shut();
    this.#undo();
  }
}
