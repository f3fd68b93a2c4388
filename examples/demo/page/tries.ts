// Commands to try, as buttons beside a terminal.

import { find, make } from "./dom.js";

/** Shows the commands in place of those before. `run` types one of them. */
export function offer(name: string, commands: readonly string[], run: (command: string) => void): void {
  const buttons = commands.map((command) => {
    const button = make("button", { type: "button" }, command);
    button.addEventListener("click", () => run(command));
    return button;
  });
  find(`[data-tries="${name}"]`).replaceChildren(...buttons);
}
