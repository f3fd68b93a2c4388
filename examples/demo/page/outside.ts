// What is outside of this tab: the switch on Node with what is plugged in there, and how to plug in more.

import type { News } from "../messages.js";
import { find, make, say } from "./dom.js";

/** Shows the server's news; undefined where the server is gone. */
export function showNews(news: News | undefined): void {
  find(`[data-node="node"]`).toggleAttribute("data-gone", news === undefined);
  const chips = find(`[data-list="node"]`);
  if (news === undefined) {
    say("node", "gone; tried again every other second");
    chips.replaceChildren();
    return;
  }
  const { plugs, seats, ways } = news;
  say("node", `${seats === 1 ? "1 tab" : `${seats} tabs`}, ${plugs.length - seats} other plugs`);
  chips.replaceChildren(...plugs.map(({ port, what }) => make("li", { title: what }, `${port} ${what}`)));
  const list = find("#reach dl");
  if (list.children.length > 0) return;
  list.append(
    ...ways.map(({ title, command }) =>
      make("div", {}, make("dt", {}, title), make("dd", {}, make("code", {}, command), copy(command))),
    ),
  );
}

function copy(text: string): HTMLElement {
  const button = make("button", { type: "button", class: "button" }, "Copy");
  button.addEventListener("click", async () => {
    const copied = navigator.clipboard.writeText(text);
    button.textContent = await copied.then(
      () => "Copied",
      () => "Not allowed",
    );
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1500);
  });
  return button;
}
