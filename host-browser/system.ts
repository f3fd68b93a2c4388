// What a manager of a switch gets of a page: no files, no users, no sockets.

import { refuse } from "../host/errors.js";
import type { Plugin } from "../host/plugin.js";
import type { System } from "../host/system.js";
import { wireFrom } from "../host/wire/settings.js";
import { browserClock } from "./clock.js";

declare const ETHERLOOM_VERSION: string;

/** What a page may give a manager. */
export interface PageSystemOptions {
  readonly log?: (text: string) => void;
  /** What `plugin/add` finds, by name. */
  readonly plugins?: Readonly<Record<string, Plugin>>;
  /** What `load` finds, by name. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Plugs in what `port/link` names. */
  readonly plugLink?: System["plugLink"];
  /** Runs on `shutdown`. */
  readonly shutdown?: () => void;
}

export function pageSystem({ log = () => {}, plugins = {}, scripts = {}, ...own }: PageSystemOptions): System {
  const noLinks = async (url: string) => refuse("ENOSYS", `${url}: this page plugs in no links by URL`);
  return {
    version: ETHERLOOM_VERSION,
    pid: 0,
    control: undefined,
    management: undefined,
    readScript: (name) => scripts[name] ?? refuse("ENOENT", `${name}: this page has no such script`),
    importPlugin: async (name) => plugins[name] ?? refuse("ENOENT", `${name}: this page has no such plugin`),
    offers: (what) => (what === "link" ? [] : Object.keys(what === "script" ? scripts : plugins)),
    plugLink: own.plugLink ?? noLinks,
    wire: (settings) => wireFrom(settings, { seed: random(), clock: browserClock }),
    findUser: () => undefined,
    findGroup: () => undefined,
    userName: String,
    groupName: String,
    log,
    shutdown: own.shutdown ?? (() => refuse("ENOSYS", "a page ends when it is closed")),
  };
}

/** 32 bits that nobody can guess. */
export function random(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
