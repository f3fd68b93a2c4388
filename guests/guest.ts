// A Linux guest in v86, as a program holds it: commands by its second serial port, and the first one for people. Runs in
// a page, in a worker and on Node alike.

import type { V86 } from "v86";

export type Emulator = Pick<V86, "add_listener" | "remove_listener" | "serial_send_bytes">;

/** What a V86 must be made with, as the saved state was, beside what depends on the place: the BIOS, and what it boots. */
export const MACHINE = {
  memory_size: 128 * 1024 * 1024,
  vga_memory_size: 2 * 1024 * 1024,
  uart1: true,
  autostart: true,
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
} as const;

/** What a command wrote, and how it ended. */
export interface Outcome {
  readonly text: string;
  readonly status: number;
}

/** After a command's output, before its status and a newline. No text has it. */
const EOT = "\x04";

export class Guest {
  readonly #emulator: Emulator;
  #heard = "";
  #changed: () => void = () => {};
  #queue: Promise<unknown> = Promise.resolve();

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
    emulator.add_listener("serial1-output-byte", (octet) => {
      this.#heard += String.fromCharCode(octet);
      if (octet === 0x0a) this.#changed();
    });
  }

  /** Resolves when a guest that was started from its kernel takes commands. One from a state takes them at once. */
  booted(): Promise<Outcome> {
    return this.#outcome();
  }

  /** Resolves when the emulator runs. */
  started(): Promise<void> {
    return new Promise((resolve) => {
      const listener = () => {
        this.#emulator.remove_listener("emulator-started", listener);
        resolve();
      };
      this.#emulator.add_listener("emulator-started", listener);
    });
  }

  /** Runs a line of shell, after those before it. */
  run(line: string): Promise<Outcome> {
    const outcome = this.#queue.then(() => {
      this.#emulator.serial_send_bytes(1, new TextEncoder().encode(`${line}\n`));
      return this.#outcome();
    });
    this.#queue = outcome;
    return outcome;
  }

  /** The same, where anything but success is an error. */
  async do(line: string): Promise<string> {
    const { text, status } = await this.run(line);
    if (status !== 0) throw new Error(`${line}: ${status}: ${text}`);
    return text;
  }

  /** Types at the first serial port. */
  type(text: string): void {
    this.#emulator.serial_send_bytes(0, new TextEncoder().encode(text));
  }

  /** Hands on what the first serial port says. */
  onoutput(listener: (octet: number) => void): void {
    this.#emulator.add_listener("serial0-output-byte", listener);
  }

  #outcome(): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#changed = () => {
        const [text = "", ...rest] = this.#heard.split(EOT);
        const [status, ...more] = rest.join(EOT).split("\n");
        if (more.length === 0) return;
        this.#changed = () => {};
        this.#heard = more.join("\n");
        resolve({ text, status: Number(status) });
      };
      this.#changed();
    });
  }
}
