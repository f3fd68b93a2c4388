// The management protocol without a socket: a line in, a reply out. Sessions and scripts feed it lines.

import { SwitchError } from "../errors.js";
import type { Clock } from "../link.js";
import { Plugins } from "../plugins.js";
import type { Switch } from "../switch.js";
import type { System } from "../system.js";
import { type Caller, type Command, type Lines, SILENT } from "./command.js";
import { Commands } from "./commands.js";
import { debugMenu } from "./menus/debug.js";
import { dsMenu } from "./menus/ds.js";
import { fstpMenu } from "./menus/fstp.js";
import { generalMenu } from "./menus/general.js";
import { hashMenu } from "./menus/hash.js";
import { pluginMenu } from "./menus/plugin.js";
import { portMenu } from "./menus/port.js";
import { vlanMenu } from "./menus/vlan.js";
import { printable } from "./text.js";

export interface ConsoleOptions {
  readonly switch: Switch;
  readonly system: System;
  readonly clock: Clock;
}

export class Console {
  readonly switch: Switch;
  readonly system: System;
  readonly commands = new Commands();
  readonly plugins: Plugins;

  constructor({ switch: sw, system, clock }: ConsoleOptions) {
    this.switch = sw;
    this.system = system;
    this.plugins = new Plugins({ switch: sw, system, clock, commands: this.commands });
    this.commands.add(dsMenu, this);
    this.commands.add(generalMenu, this);
    this.commands.add(debugMenu, this);
    this.commands.add(pluginMenu, this);
    this.commands.add(hashMenu, this);
    this.commands.add(fstpMenu, this);
    this.commands.add(portMenu, this);
    this.commands.add(vlanMenu, this);
  }

  /** What a session begins with; clients read the version between "V." and the end of the line. */
  get banner(): string {
    return [...bannerLines(this.system.version), ""].join("\n");
  }

  /**
   * Runs a line. The reply ends with a newline, and its last line begins with "1" and an errno in three digits. Nothing
   * for an empty line or a comment; SILENT where there is not even to be a prompt.
   */
  async run(line: string, caller: Caller): Promise<string | undefined | typeof SILENT> {
    const text = line.replace(/^[ \t]+/, "");
    if (text === "" || text.startsWith("#")) return undefined;
    const found = this.commands.find(text);
    if (found === undefined) return failure(new SwitchError("ENOSYS", "there is no such command, see help"));
    const { command, target, rest } = found;
    if (command.shows === "lines") return this.#list(command.path, () => command.run(target, rest, caller));
    try {
      const done = await command.run(target, rest, caller);
      return done === SILENT ? SILENT : "1000 Success\n";
    } catch (error) {
      return this.#failure(command, error);
    } finally {
      this.switch.readEvents();
    }
  }

  /** The lines that came before an error are shown, and the brackets are there even where none came. */
  async #list(path: string, lines: () => Lines): Promise<string> {
    let reply = "0000 DATA END WITH '.'\n";
    let result = "1000 Success\n";
    try {
      for await (const line of lines()) reply += `${line === "." ? ". " : printable(line)}\n`;
    } catch (error) {
      result = this.#failure({ path }, error);
    }
    this.switch.readEvents();
    return `${reply}.\n${result}`;
  }

  /** A command that breaks is reported in full in the log, and does not take the switch with it. */
  #failure({ path }: Pick<Command<never>, "path">, error: unknown): string {
    if (error instanceof SwitchError) return failure(error);
    const what = error instanceof Error ? error : new Error(String(error));
    this.system.log(`${path}: ${what.stack ?? what.message}`);
    return failure(new SwitchError("EIO", `${path} broke: ${what.message}`));
  }
}

/** The two lines that name this switch. Managers of VDE expect both. */
export function bannerLines(version: string): [string, string] {
  return [`VDE switch V.2.3.3-etherloom-${version}`, "(C) 2026 The Etherloom authors - MIT"];
}

function failure(error: SwitchError): string {
  return `1${String(error.errno).padStart(3, "0")} ${printable(error.message)}\n`;
}
