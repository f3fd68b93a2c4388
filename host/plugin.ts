// What a plugin is: an ES module whose default export has a name, a sentence, and a start. It may add commands and event
// categories, watch frames, and run timers; whatever it added goes when it is unloaded. See docs/guides/plugins.md.

import type { Tap } from "./captures.js";
import type { Menu } from "./console/command.js";
import type { Category } from "./events.js";
import type { Switch } from "./switch.js";
import type { System } from "./system.js";

export type { Capture, Tap } from "./captures.js";
export { type Caller, type Command, command, type Kind, listing, type Menu } from "./console/command.js";
export * as kinds from "./console/kinds.js";
export { SwitchError } from "./errors.js";
export type { Category } from "./events.js";

export interface Plugin {
  /** How `plugin/list` shows it and `plugin/del` finds it: one word. */
  readonly name: string;
  readonly help: string;
  /**
   * Runs when it is loaded. A throw refuses the load, and takes back what was added. One process may hold several
   * switches, and start the same plugin in each: keep what belongs to one inside this function.
   */
  start(context: PluginContext): void | Promise<void>;
  /** Runs when it is unloaded, before what it added is taken back: for a plugin without a state. Others use `onstop`. */
  stop?(): void | Promise<void>;
}

/**
 * What a plugin is given. What it adds is taken back when it is unloaded, the last addition first. A task of it that
 * throws, or whose promise fails, is written to the log, and the plugin is unloaded; the switch goes on.
 */
export interface PluginContext {
  readonly switch: Switch;
  readonly system: System;
  /** Adds a menu of commands. EEXIST where a command has its path already. */
  menu<Target>(menu: Menu<Target>, target: Target): void;
  /** Adds an event category, for debug/add. EEXIST where there is one of its path. */
  category(category: Category): void;
  /** Tells who listens to a category. `text` is made only where somebody does. */
  emit(path: string, text: string | (() => string)): void;
  /** Whether anybody listens to a category. */
  watched(path: string): boolean;
  /** Watches frames until the returned function is called. While nobody watches, frames cost nothing more. */
  tap(tap: Tap): () => void;
  /** Runs a task again and again, until the returned function is called. */
  every(intervalMs: number, task: () => void | Promise<void>): () => void;
  /** Runs a task when the switch is told to open its files anew (SIGHUP), until the returned function is called. */
  onhangup(task: () => void | Promise<void>): () => void;
  /** Runs a task when the plugin is unloaded, and waits for it: to close files, for instance. */
  onstop(task: () => void | Promise<void>): void;
}
