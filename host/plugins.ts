// The plugins that are loaded, and what each has added, so that all of it can go again.

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

type Task = () => void | Promise<void>;

interface Loaded {
  readonly plugin: Plugin;
  /** Take back what it added; the last addition first. */
  readonly undo: Task[];
  /** Kept when all is taken back. From when it is set, nothing of the plugin runs but that. */
  ending?: Promise<void>;
}

/** The longest that timers of Node and of pages can wait: 2^31 - 1 ms. Beyond it they do not wait at all. */
const INTERVAL_MS_MAX = 0x7fff_ffff;

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
      await plugin.start(this.#context(loaded));
      if (loaded.ending !== undefined) refuse("EINVAL", `${plugin.name} was unloaded while it started`);
      loaded.undo.push(() => plugin.stop?.());
    } catch (error) {
      await this.#end(loaded);
      throw error instanceof SwitchError ? error : new SwitchError("EINVAL", `${plugin.name} did not start: ${error}`);
    }
  }

  /** Unloads the first whose name begins with `prefix`. ENOENT where there is none. */
  async remove(prefix: string): Promise<void> {
    const loaded = this.#loaded.find(({ plugin }) => plugin.name.startsWith(prefix));
    if (loaded === undefined) refuse("ENOENT", "no such plugin is loaded, see plugin/list");
    await this.#unload(loaded);
  }

  /** Unloads all, the last one first. */
  async close(): Promise<void> {
    for (const loaded of [...this.#loaded].reverse()) await this.#unload(loaded);
  }

  /** Frames that have passed until now are shown to it first. */
  #unload(loaded: Loaded): Promise<void> {
    this.#services.switch.captures.read();
    return this.#end(loaded);
  }

  #end(loaded: Loaded): Promise<void> {
    loaded.ending ??= Promise.resolve().then(() => this.#takeBack(loaded));
    return loaded.ending;
  }

  async #takeBack(loaded: Loaded): Promise<void> {
    for (let undo = loaded.undo.pop(); undo !== undefined; undo = loaded.undo.pop()) {
      try {
        await undo();
      } catch (error) {
        this.#services.system.log(`${loaded.plugin.name} did not stop: ${error}`);
      }
    }
    this.#loaded = this.#loaded.filter((other) => other !== loaded);
  }

  #context(loaded: Loaded): PluginContext {
    const { switch: sw, system, clock, commands } = this.#services;
    const guard = <Args extends unknown[]>(task: (...args: Args) => unknown) => this.#guard(loaded, task);
    return {
      switch: sw,
      system,
      menu(menu, target) {
        requireLoaded(loaded);
        commands.add(menu, target);
        loaded.undo.push(() => commands.remove(menu));
      },
      category({ onwatch = () => {}, ...category }) {
        requireLoaded(loaded);
        if (sw.events.defines(category.path)) refuse("EEXIST", `there is an event category ${category.path} already`);
        sw.events.define({ ...category, onwatch: guard(onwatch) });
        loaded.undo.push(() => sw.events.undefine(category.path));
      },
      emit: (path, text) => sw.events.emit(path, text),
      watched: (path) => sw.events.watched(path),
      tap(tap) {
        requireLoaded(loaded);
        const guarded = guard(tap);
        sw.captures.add(guarded);
        return later(loaded, () => sw.captures.remove(guarded));
      },
      every(intervalMs, task) {
        requireLoaded(loaded);
        if (!(intervalMs >= 1 && intervalMs <= INTERVAL_MS_MAX))
          refuse("EINVAL", `an interval is 1 to ${INTERVAL_MS_MAX} ms`);
        return later(loaded, repeat(clock, intervalMs, guard(task)));
      },
      onhangup(task) {
        requireLoaded(loaded);
        const listener = guard(task);
        sw.events.add("sig/hup", listener);
        return later(loaded, () => sw.events.remove("sig/hup", listener));
      },
      onstop(task) {
        requireLoaded(loaded);
        loaded.undo.push(task);
      },
    };
  }

  /** A task of a plugin as the switch may call it: where it breaks, the plugin goes, and nothing else. */
  #guard<Args extends unknown[]>(loaded: Loaded, task: (...args: Args) => unknown): (...args: Args) => void {
    const fail = (error: unknown) => {
      if (loaded.ending !== undefined) return;
      this.#services.system.log(`${loaded.plugin.name} broke, and is unloaded: ${traceOf(error)}`);
      void this.#end(loaded);
    };
    return (...args) => {
      if (loaded.ending !== undefined) return;
      try {
        const done = task(...args);
        if (done instanceof Promise) done.catch(fail);
      } catch (error) {
        fail(error);
      }
    };
  }
}

/** A plugin may go on after it was unloaded, where it waited for something. It adds nothing then. */
function requireLoaded({ plugin, ending }: Loaded): void {
  if (ending !== undefined) refuse("EINVAL", `${plugin.name} is unloaded`);
}

function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Runs `stop` once, when it is asked for or when the plugin goes. */
function later({ undo }: Loaded, stop: () => void): () => void {
  let isOver = false;
  const once = () => {
    if (isOver) return;
    isOver = true;
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
