// What a switch's manager needs of the machine that it runs on. The Node host has one; a page has a smaller one.

import type { Wire } from "./link.js";
import type { Plugin } from "./plugin.js";

export interface System {
  /** The version of this package. */
  readonly version: string;
  /** Process id, 0 where there is none. */
  readonly pid: number;
  /** Where plugs connect, and the permissions of their sockets. */
  readonly control: { readonly dir: string; readonly mode: number } | undefined;
  /** Where managers connect, and its permissions. */
  readonly management: { readonly path: string; readonly mode: number } | undefined;
  /** The text of a script. Throws a SwitchError: ENOENT, EACCES, EISDIR. */
  readScript(path: string): string;
  /** A plugin by the name or path of its module. Throws a SwitchError: ENOENT, EINVAL where it is no plugin. */
  importPlugin(name: string): Promise<Plugin>;
  /** What may be named, for the Tab key: the paths and names that go on from what is typed. */
  offers?(what: "script" | "plugin" | "link", typed: string): readonly string[];
  /** Plugs what a URL names into a port, or into any. Throws a SwitchError where it cannot be opened. */
  plugLink(url: string, port?: number): Promise<void>;
  /** A wire with the faults that a line says: "loss=5,delay=20+5N". Throws a SwitchError where it cannot be. */
  wire(settings: string): Wire;
  /** The number of a user by name or by digits, or undefined where there is none. */
  findUser(name: string): number | undefined;
  findGroup(name: string): number | undefined;
  /** The name of a user, or its digits where it has none. */
  userName(uid: number): string;
  groupName(gid: number): string;
  /** One line to the log: standard error, or syslog for a daemon. */
  log(text: string): void;
  /** Ends the switch, in order, with exit status 0. */
  shutdown(): void;
}
