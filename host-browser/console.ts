// A manager's console in a page: what somebody types goes in, replies and events come out.

import { Console } from "../host/console/console.js";
import { Session } from "../host/console/session.js";
import dump from "../host/plugins/dump.js";
import type { Switch } from "../host/switch.js";
import { browserClock } from "./clock.js";
import { type PageSystemOptions, pageSystem } from "./system.js";
import { openLink } from "./transports/schemes.js";

export interface ConsoleOptions extends PageSystemOptions {
  /** Takes what the console says, prompts too. Lines end with a newline alone. */
  readonly write: (text: string) => void;
  /** Runs on `logout`, after the last word. */
  readonly onleave?: () => void;
}

export interface PageConsole {
  /** For commands of one's own, and to run one without a terminal: `await console.run("port/print", { scripts: [] })`. */
  readonly console: Console;
  /** Takes what was typed: lines, each with its newline. The promise is kept when they have run. */
  feed(text: string): Promise<void>;
  /** Ends the session, and the plugins that it started. */
  close(): Promise<void>;
}

/** Opens a console on a switch. A page writes at once, so that nothing is ever held up. */
export function openConsole(sw: Switch, { write, onleave, ...options }: ConsoleOptions): PageConsole {
  const plugLink = async (url: string, port?: number) => {
    sw.plug(await openLink(url), { ...(port !== undefined && { port }), description: url });
  };
  const system = pageSystem({ plugLink, ...options, plugins: { dump, ...options.plugins } });
  const console = new Console({ switch: sw, system, clock: browserClock });
  const say = (text: string) => {
    write(text);
    return undefined;
  };
  const leave = (text: string) => {
    write(text);
    onleave?.();
  };
  const session = new Session(console, { backlog: 0, write: say, prompt: write, leave });
  return {
    console,
    feed: (text) => session.feed(text),
    async close() {
      session.close();
      await console.plugins.close();
    },
  };
}
