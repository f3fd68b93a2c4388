// The plugins that are loaded, and what each has added, so that all of it can go again.

import type { Tap } from "./captures.js";
import type { Commands } from "./console/commands.js";
import { refuse, SwitchError } from "./errors.js";
import type { Clock } from "./link.js";
import type { Plugin, PluginContext } from "./plugin.js";
import type { Switch } from "./switch.js";
import type { System } from "./system.js";

interface Services {
  readonly switch: Switch;
  readonly system: System;
  readonly clock: Clock;
  readonly commands: Commands;
}

interface Loaded {
  readonly plugin: Plugin;
  /** Take back what it added; the last addition first. */
  readonly undo: (() => void)[];
}

export class Plugins {
  readonly #services: Services;
  #loaded: readonly Loaded[] = [];

  constructor(services: Services) {
    this.#services = services;
  }

  /** Those whose name begins with `prefix`, in the order in which they were loaded. */
  list(prefix: string): Plugin[] {
    return this.#loaded.map(({ plugin }) => plugin).filter(({ name }) => name.startsWith(prefix));
  }

  /** Loads one. ENOENT where there is none, EINVAL where it is no plugin or does not start, EEXIST where it is loaded. */
  async add(name: string): Promise<void> {
    if (name === "") refuse("EINVAL", "which plugin?");
    const plugin = await this.#services.system.importPlugin(name);
    if (this.#loaded.some((other) => other.plugin.name === plugin.name)) refuse("EEXIST", `${plugin.name} is loaded`);
    const loaded: Loaded = { plugin, undo: [] };
    this.#loaded = [...this.#loaded, loaded];
    try {
      await plugin.start(this.#context(loaded.undo));
    } catch (error) {
      this.#takeBack(loaded);
      throw error instanceof SwitchError ? error : new SwitchError("EINVAL", `${plugin.name} did not start: ${error}`);
    }
  }

  /** Unloads the first whose name begins with `prefix`. ENOENT where there is none. */
  async remove(prefix: string): Promise<void> {
    const loaded = this.#loaded.find(({ plugin }) => plugin.name.startsWith(prefix));
    if (loaded === undefined) refuse("ENOENT", "no such plugin is loaded, see plugin/list");
    try {
      await loaded.plugin.stop?.();
    } finally {
      this.#takeBack(loaded);
    }
  }

  /** Unloads all, the last one first. */
  async close(): Promise<void> {
    for (const loaded of [...this.#loaded].reverse()) {
      try {
        await loaded.plugin.stop?.();
      } catch (error) {
        this.#services.system.log(`${loaded.plugin.name} did not stop: ${error}`);
      }
      this.#takeBack(loaded);
    }
  }

  #takeBack(loaded: Loaded): void {
    this.#loaded = this.#loaded.filter((other) => other !== loaded);
    for (const undo of loaded.undo.splice(0).reverse()) undo();
  }

  #context(undo: (() => void)[]): PluginContext {
    const { switch: sw, system, clock, commands } = this.#services;
    return {
      switch: sw,
      system,
      menu(menu, target) {
        commands.add(menu, target);
        undo.push(() => commands.remove(menu));
      },
      category(category) {
        if ([...sw.events.list()].some(({ path }) => path === category.path))
          refuse("EEXIST", `there is an event category ${category.path} already`);
        sw.events.define(category);
        undo.push(() => sw.events.undefine(category.path));
      },
      emit: (path, text) => sw.events.emit(path, text),
      watched: (path) => sw.events.watched(path),
      tap: (tap: Tap) => {
        sw.captures.add(tap);
        return later(undo, () => sw.captures.remove(tap));
      },
      every: (intervalMs, task) => later(undo, repeat(clock, intervalMs, task)),
    };
  }
}

/** Runs `stop` once, when it is asked for or when the plugin goes. */
function later(undo: (() => void)[], stop: () => void): () => void {
  const once = () => {
    const at = undo.indexOf(once);
    if (at >= 0) undo.splice(at, 1);
    stop();
  };
  undo.push(once);
  return once;
}

function repeat(clock: Clock, intervalMs: number, task: () => void): () => void {
  let cancel = clock.after(intervalMs, function again() {
    cancel = clock.after(intervalMs, again);
    task();
  });
  return () => cancel();
}
