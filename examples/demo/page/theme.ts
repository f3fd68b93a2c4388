// Light, dark, or as the system has it. What was chosen is kept, where the browser keeps anything.

import { find } from "./dom.js";

const CHOICES = ["auto", "light", "dark"] as const;
type Choice = (typeof CHOICES)[number];
const KEY = "etherloom-theme";

/** Lets the button choose. `onchange` runs at once, and whenever the page turns dark or light. */
export function openTheme(onchange: () => void): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = find("#theme");
  let choice = kept();
  const apply = () => {
    const isDark = choice === "dark" || (choice === "auto" && system.matches);
    document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
    find("span", button).textContent = choice[0]?.toUpperCase() + choice.slice(1);
    onchange();
  };
  button.addEventListener("click", () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? "auto";
    keep(choice);
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}

function kept(): Choice {
  try {
    return CHOICES.find((choice) => choice === localStorage.getItem(KEY)) ?? "auto";
  } catch {
    return "auto"; // storage is forbidden here
  }
}

function keep(choice: Choice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // it is forgotten with the tab
  }
}
