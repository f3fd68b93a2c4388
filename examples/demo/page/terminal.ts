// A terminal in a card of the page, in the page's own colours.

import { FitAddon } from "@xterm/addon-fit";
import { type ITheme, Terminal } from "@xterm/xterm";
import { find } from "./dom.js";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalOptions {
  /** Octets that somebody typed, as text. */
  readonly ontype: (text: string) => void;
  readonly onresize?: (size: Size) => void;
  /** Whether a newline alone begins a new line: true for what is no Unix terminal. */
  readonly convertEol?: boolean;
  /** What the terminal is called for who cannot see it. */
  readonly label: string;
}

const opened: Terminal[] = [];

/** Puts a terminal into its place. */
export function openTerminal(name: string, { ontype, onresize, convertEol = false, label }: TerminalOptions): Terminal {
  const place = find(`[data-tty="${name}"]`);
  const terminal = new Terminal({
    fontFamily: getComputedStyle(place).getPropertyValue("--mono"),
    fontSize: matchMedia("(max-width: 760px)").matches ? 11 : 12.5,
    lineHeight: 1.25,
    cursorBlink: true,
    cursorStyle: "bar",
    scrollback: 2000,
    convertEol,
    theme: theme(),
    screenReaderMode: false,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  terminal.textarea?.setAttribute("aria-label", `${label}; Escape, then Tab, leads out`);
  terminal.onData(ontype);
  terminal.onResize(({ cols, rows }) => onresize?.({ columns: cols, rows }));
  terminal.attachCustomKeyEventHandler(wayOut());
  new ResizeObserver(() => fit.fit()).observe(place);
  fit.fit();
  opened.push(terminal);
  return terminal;
}

/** Tab is the shell's. After Escape, and with Shift, it leads to the next place of the page, for who has no mouse. */
function wayOut(): (event: KeyboardEvent) => boolean {
  let before = "";
  return ({ key, shiftKey, type }) => {
    if (key === "Tab" && (shiftKey || before === "Escape")) return false;
    if (type === "keydown") before = key;
    return true;
  };
}

/** Gives every terminal the colours that the page has now. */
export function recolor(): void {
  for (const terminal of opened) terminal.options.theme = theme();
}

function theme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: color("--tty"),
    foreground: color("--tty-ink"),
    cursor: color("--tty-ink"),
    selectionBackground: "#8884",
    scrollbarSliderBackground: "#8883",
    scrollbarSliderHoverBackground: "#8886",
    scrollbarSliderActiveBackground: "#8888",
    green: "#4cc38a",
    brightGreen: "#5fd79b",
    blue: "#8aa4ff",
    brightBlue: "#a5b8ff",
    yellow: "#e5c07b",
    red: "#ff7b72",
    brightBlack: "#8b8896",
  };
}
