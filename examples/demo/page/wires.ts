// The sliders: what the chosen wire does to its frames.

import { find, make } from "./dom.js";
import { type Faults, NO_FAULTS } from "./faults.js";
import { bitRate } from "./text.js";
import { THREADS, type ThreadId } from "./threads.js";

/** Bits a second, by the slider's position: from the right, where nothing holds it up, to a modem's. */
const BANDWIDTHS = [9_600, 56_000, 128_000, 512_000, 1e6, 2e6, 5e6, 10e6, 100e6, 0];

interface Slider {
  readonly name: keyof Faults;
  readonly label: string;
  readonly help: string;
  readonly max: number;
  readonly step: number;
  toFault(position: number): number;
  toPosition(fault: number): number;
  show(fault: number): string;
}

const SLIDERS: readonly Slider[] = [
  {
    name: "loss",
    label: "Loss",
    help: "this part of all frames never arrives",
    max: 100,
    step: 1,
    toFault: (position) => position,
    toPosition: (fault) => fault,
    show: (fault) => `${fault} %`,
  },
  {
    name: "delayMs",
    label: "Delay",
    help: "each way, so a ping takes twice as much more",
    max: 500,
    step: 10,
    toFault: (position) => position,
    toPosition: (fault) => fault,
    show: (fault) => `${fault} ms`,
  },
  {
    name: "bandwidth",
    label: "Bandwidth",
    help: "frames queue for it",
    max: BANDWIDTHS.length - 1,
    step: 1,
    toFault: (position) => BANDWIDTHS[position] ?? 0,
    toPosition: (fault) => BANDWIDTHS.indexOf(fault),
    show: (fault) => (fault === 0 ? "unlimited" : bitRate(fault)),
  },
];

/** What has wires with faults. */
export interface WireControl {
  faultsOf(id: ThreadId): Faults;
  setFaults(id: ThreadId, faults: Faults): void;
}

export class WirePanel {
  readonly #control: WireControl;
  readonly #onpick: (id: ThreadId) => void;
  #picked: ThreadId = "a";

  constructor(control: WireControl, onpick: (id: ThreadId) => void) {
    this.#control = control;
    this.#onpick = onpick;
    find("#wires .choices").append(...THREADS.map(({ id, title }) => this.#choice(id, title)));
    find("#wires .sliders").append(...SLIDERS.map((slider) => this.#slider(slider)), this.#reset());
  }

  /** Chooses a wire. */
  pick(id: ThreadId): void {
    this.#picked = id;
    find<HTMLInputElement>(`#wires input[value="${id}"]`).checked = true;
    find("#wires .sliders").style.setProperty("--thread", `var(--thread-${id})`);
    this.#show();
    this.#onpick(id);
  }

  #choice(id: ThreadId, title: string): HTMLElement {
    const input = make("input", { type: "radio", name: "wire", value: id });
    input.addEventListener("change", () => this.pick(id));
    return make("label", { style: `--thread: var(--thread-${id})` }, input, make("i", { class: "dot" }), title);
  }

  #slider({ name, label, help, max, step, toFault }: Slider): HTMLElement {
    const input = make("input", { type: "range", id: name, min: "0", max: String(max), step: String(step) });
    input.setAttribute("aria-describedby", `${name}-help`);
    input.addEventListener("input", () => {
      const faults = this.#control.faultsOf(this.#picked);
      this.#control.setFaults(this.#picked, { ...faults, [name]: toFault(input.valueAsNumber) });
      this.#show();
    });
    const words = [make("label", { for: name }, label), make("output", { for: name })];
    return make("div", { class: "slider" }, ...words, input, make("small", { id: `${name}-help` }, help));
  }

  #reset(): HTMLElement {
    const button = make("button", { type: "button", class: "button", id: "mend" }, "Mend every wire");
    button.addEventListener("click", () => {
      for (const { id } of THREADS) this.#control.setFaults(id, NO_FAULTS);
      this.#show();
    });
    return make("div", { class: "presets" }, button);
  }

  #show(): void {
    const faults = this.#control.faultsOf(this.#picked);
    for (const { name, toPosition, show } of SLIDERS) {
      const input = find<HTMLInputElement>(`#${name}`);
      input.value = String(toPosition(faults[name]));
      input.setAttribute("aria-valuetext", show(faults[name]));
      find(`output[for="${name}"]`).textContent = show(faults[name]);
    }
  }
}
