// The commands that a console has, as its own help lists them: what the Tab key completes.

import type { Said } from "../../host/manager/client.js";

const RULE = /^-{6}/;

export class Commands {
  #names: string[] = [];
  #state: "wanted" | "asked" | "listing" | "known" = "wanted";

  /** Whether the console should be asked at its next prompt. */
  get wantsHelp(): boolean {
    return this.#state === "wanted";
  }

  asked(): void {
    this.#state = "asked";
    this.#names = [];
  }

  /** What there is may have changed. */
  forget(): void {
    this.#state = "wanted";
  }

  /** Takes what answers the question for help. False for what is for the reader of the terminal. */
  hears(said: Said): boolean {
    if (this.#state !== "asked" && this.#state !== "listing") return false;
    if (said.kind === "event") return false;
    if (said.kind === "prompt") this.#finish();
    else if (said.kind === "data") this.#list(said.text);
    return true;
  }

  /** What readline asks on Tab: what may stand here, and what of the line it stands for. */
  complete(line: string): [string[], string] {
    const found = this.#names.filter((name) => name.startsWith(line));
    const only = found.length === 1 && !/\s/.test(line) ? [`${found[0]} `] : found;
    return [only, line];
  }

  #list(text: string): void {
    if (RULE.test(text)) this.#state = "listing";
    else if (this.#state === "listing") this.#names.push(text.split(/\s/)[0] ?? "");
  }

  /** The title of a menu is no command where commands follow it. */
  #finish(): void {
    const isMenu = (name: string) => this.#names.some((other) => other.startsWith(`${name}/`));
    this.#names = this.#names.filter((name) => name !== "" && !isMenu(name)).sort();
    this.#state = "known";
  }
}
