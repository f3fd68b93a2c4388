// A console on a bench: a switch in this process, a machine that is made up, and sessions whose output is kept.

import { Console } from "../../host/console/console.js";
import type { Interpreter } from "../../host/console/interpreter.js";
import { Session } from "../../host/console/session.js";
import { refuse } from "../../host/errors.js";
import type { Plugin } from "../../host/plugin.js";
import type { SwitchOptions } from "../../host/switch.js";
import type { System } from "../../host/system.js";
import { wireFrom } from "../../host/wire/settings.js";
import { lab, type Setup } from "../lab.js";

export interface Machine {
  /** Scripts by path. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly plugins?: Readonly<Record<string, Plugin>>;
  readonly system?: Partial<System>;
  readonly options?: Partial<SwitchOptions>;
  readonly setups?: readonly Setup[];
}

const USERS: Readonly<Record<string, number>> = { root: 0, daemon: 1, nobody: 65534 };

export function consoleBench({ scripts = {}, plugins = {}, system = {}, options = {}, setups = [] }: Machine = {}) {
  const bench = lab(setups, { ports: 32, ...options });
  const log: string[] = [];
  const machine: System = {
    version: "0.0.0",
    pid: 4711,
    control: { dir: "/run/sw.ctl", mode: 0o600 },
    management: { path: "/run/sw.mgmt", mode: 0o600 },
    readScript: (path) => scripts[path] ?? refuse("ENOENT", path),
    importPlugin: async (name) => plugins[name] ?? refuse("ENOENT", name),
    plugLink: async (url) => refuse("EPROTONOSUPPORT", url),
    wire: (settings) => wireFrom(settings, { seed: 1, clock: bench.clock }),
    findUser: (name) => (/^\d+$/.test(name) ? Number(name) : USERS[name]),
    findGroup: (name) => (/^\d+$/.test(name) ? Number(name) : USERS[name]),
    userName: (uid) => Object.keys(USERS).find((name) => USERS[name] === uid) ?? String(uid),
    groupName: (gid) => Object.keys(USERS).find((name) => USERS[name] === gid) ?? String(gid),
    log: (text) => void log.push(text),
    shutdown: () => void log.push("shutdown"),
    ...system,
  };
  const console = new Console({ switch: bench.sw, system: machine, clock: bench.clock });
  return { ...bench, log, console, open: (): Manager => new Manager(console) };
}

/** A manager at a session of its own. */
export class Manager {
  readonly session: Session;
  heard = "";
  isEnded = false;
  /** While it is false, nothing is read, and what is written waits. */
  isReading = true;
  readonly #prompt: string;
  #waiting: (() => void)[] = [];
  #backlog = 0;

  constructor(console: Interpreter) {
    const manager = this;
    this.#prompt = console.prompt;
    this.session = new Session(console, {
      get backlog() {
        return manager.#backlog;
      },
      write: (text) => manager.#hear(text),
      prompt: (text) => void manager.#hear(text),
      leave(text) {
        manager.#hear(text);
        manager.isEnded = true;
      },
    });
  }

  /** Sends octets as one read, and returns what was said since the last time. */
  async send(text: string): Promise<string> {
    await this.session.feed(text);
    return this.said();
  }

  /** Sends a command, and returns the reply without the prompt. What came before it is dropped. */
  async say(command: string): Promise<string> {
    this.said();
    const said = await this.send(`${command}\n`);
    return said.endsWith(this.#prompt) ? said.slice(0, -this.#prompt.length) : said;
  }

  said(): string {
    const said = this.heard;
    this.heard = "";
    return said;
  }

  /** Reads what waits, and goes on reading. */
  catchUp(): void {
    this.isReading = true;
    this.#backlog = 0;
    for (const done of this.#waiting.splice(0)) done();
  }

  #hear(text: string): Promise<void> | undefined {
    this.heard += text;
    if (this.isReading) return undefined;
    this.#backlog += text.length;
    return new Promise((done) => this.#waiting.push(done));
  }
}
