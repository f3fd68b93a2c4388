// A guest as the page holds it: an emulator in a worker, with a cable of its own.

import type { Handle } from "etherloom/browser";
import type { Outcome } from "../../../guests/guest.js";
import type { Faults } from "./faults.js";
import type { Images, Order, Report } from "./machine-worker.js";

export class Machine {
  onoutput: (text: string) => void = () => {};
  onfailure: (reason: string) => void = () => {};
  readonly #worker = new Worker("/code/machine-worker.js", { type: "module" });
  readonly #waiting: ((outcome: Outcome) => void)[] = [];
  #started: () => void = () => {};

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => this.#hear(data);
    this.#worker.onerror = ({ message }) => this.onfailure(message || "its worker cannot be loaded");
  }

  /** Goes on from the images. Resolves when it runs. */
  start(images: Images): Promise<void> {
    this.#order({ kind: "start", images }, [images.state]);
    return new Promise((resolve) => {
      this.#started = resolve;
    });
  }

  /** Plugs its adapter into a port of the switch. */
  plug(handle: Handle): void {
    this.#order({ kind: "plug", handle }, [handle.port]);
  }

  /** Runs a line of shell, unseen by who sits at the terminal. */
  run(line: string): Promise<Outcome> {
    this.#order({ kind: "run", line });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Types at the terminal. */
  type(text: string): void {
    this.#order({ kind: "type", text });
  }

  /** Makes its cable worse, or good. */
  setFaults(faults: Faults): void {
    this.#order({ kind: "faults", faults });
  }

  #order(order: Order, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer);
  }

  #hear(report: Report): void {
    if (report.kind === "output") this.onoutput(report.text);
    else if (report.kind === "done") this.#waiting.shift()?.(report.outcome);
    else if (report.kind === "started") this.#started();
    else this.onfailure(report.reason);
  }
}
