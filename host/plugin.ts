// What a plugin is: an ES module whose default export has a name, a sentence, and a start. It may add commands and event
// categories, watch frames, and run timers; whatever it added goes when it is unloaded. See docs/guides/plugins.md.

import type { Tap } from "./captures.js";
import type { Menu } from "./console/command.js";
import type { Category } from "./events.js";
import type { Switch } from "./switch.js";
import type { System } from "./system.js";

export interface Plugin {
  /** How `plugin/list` shows it and `plugin/del` finds it. */
  readonly name: string;
  readonly help: string;
  /** Runs when it is loaded. A throw refuses the load, and takes back what was added. */
  start(context: PluginContext): void | Promise<void>;
  /** Runs when it is unloaded, before what it added is taken back. */
  stop?(): void | Promise<void>;
}

export interface PluginContext {
  readonly switch: Switch;
  readonly system: System;
  /** Adds a menu of commands. EEXIST where a command has its path already. */
  menu<Target>(menu: Menu<Target>, target: Target): void;
  /** Adds an event category, for debug/add. */
  category(category: Category): void;
  /** Tells who listens to a category. `text` is made only where somebody does. */
  emit(path: string, text: string | (() => string)): void;
  /** Whether anybody listens to a category. */
  watched(path: string): boolean;
  /** Watches frames until the returned function is called. While nobody watches, frames cost nothing more. */
  tap(tap: Tap): () => void;
  /** Runs a task again and again, until the returned function is called. */
  every(intervalMs: number, task: () => void): () => void;
}
