// What happens in a switch, as text for those who asked: VDE's debug categories, each a path and a tag.

/** A kind of event. `tag` is printed in octal, as 3TTT. */
export interface Category {
  readonly path: string;
  readonly tag: number;
  readonly help: string;
  /** For plugins alone: no manager finds it or hears it. */
  readonly hidden?: boolean;
  /** Runs when it gets its first listener, or loses its last. */
  readonly onwatch?: (watched: boolean) => void;
}

export interface Listener {
  (category: Category, text: string): void;
  /** There were so many more in its categories, of which nothing else is known. */
  missed?(count: number): void;
}

/** The categories of the switch itself, in the order in which they are listed. */
export const CATEGORIES: readonly Category[] = [
  { path: "hash/+", tag: 0o11, help: "hash: new element" },
  { path: "hash/-", tag: 0o12, help: "hash: discarded element" },
  { path: "fstp/status", tag: 0o44, help: "fstp: status change" },
  { path: "fstp/root", tag: 0o45, help: "fstp: rootswitch/port change" },
  { path: "fstp/+", tag: 0o41, help: "fstp: port becomes active" },
  { path: "fstp/-", tag: 0o42, help: "fstp: port becomes inactive" },
  { path: "port/+", tag: 0o21, help: "new port" },
  { path: "port/-", tag: 0o22, help: "closed port" },
  { path: "port/descr", tag: 0o23, help: "set port description" },
  { path: "port/ep/+", tag: 0o31, help: "new endpoint" },
  { path: "port/ep/-", tag: 0o32, help: "closed endpoint" },
  { path: "sig/hup", tag: 0o200, help: "hangup: files are to be opened anew", hidden: true },
];

export class Events {
  readonly #categories = new Map<string, { category: Category; listeners: Set<Listener> }>();
  /** Runs when a category gets its first listener, or loses its last. */
  onwatch: (path: string, watched: boolean) => void = () => {};
  /** Runs before somebody listens: what has been until then is not for them. */
  onadd: () => void = () => {};

  constructor(categories: readonly Category[] = CATEGORIES) {
    for (const category of categories) this.define(category);
  }

  /** Adds a category; one that has its path already is replaced, and its listeners are gone. */
  define(category: Category): void {
    this.#categories.set(category.path, { category, listeners: new Set() });
  }

  undefine(path: string): void {
    if (this.watched(path)) this.#tell(path, false);
    this.#categories.delete(path);
  }

  defines(path: string): boolean {
    return this.#categories.has(path);
  }

  /** The categories whose path begins with `prefix`. */
  *list(prefix = ""): Generator<Category> {
    for (const { category } of this.#categories.values())
      if (category.path.startsWith(prefix) && !category.hidden) yield category;
  }

  watched(path: string): boolean {
    return (this.#categories.get(path)?.listeners.size ?? 0) > 0;
  }

  has(path: string, listener: Listener): boolean {
    return this.#categories.get(path)?.listeners.has(listener) ?? false;
  }

  add(path: string, listener: Listener): void {
    const listeners = this.#categories.get(path)?.listeners;
    if (listeners === undefined || listeners.has(listener)) return;
    this.onadd();
    listeners.add(listener);
    if (listeners.size === 1) this.#tell(path, true);
  }

  remove(path: string, listener: Listener): void {
    const listeners = this.#categories.get(path)?.listeners;
    if (listeners?.delete(listener) && listeners.size === 0) this.#tell(path, false);
  }

  /** Takes a listener out of every category. */
  removeAll(listener: Listener): void {
    for (const path of this.#categories.keys()) this.remove(path, listener);
  }

  /** Tells who listens. `text` is made only where somebody does. */
  emit(path: string, text: string | (() => string)): void {
    const entry = this.#categories.get(path);
    if (entry === undefined || entry.listeners.size === 0) return;
    const words = typeof text === "string" ? text : text();
    for (const listener of [...entry.listeners]) listener(entry.category, words);
  }

  /** So many events of a category are lost. */
  miss(path: string, count: number): void {
    for (const listener of [...(this.#categories.get(path)?.listeners ?? [])]) listener.missed?.(count);
  }

  #tell(path: string, watched: boolean): void {
    this.onwatch(path, watched);
    this.#categories.get(path)?.category.onwatch?.(watched);
  }
}
