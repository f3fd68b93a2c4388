// A program's own console for the person who started it at a terminal: the editor and the tables of vdeterm, without a
// socket between.

import type { Interpreter } from "../../host/console/interpreter.js";
import { Session } from "../../host/console/session.js";
import { withoutSecrets } from "../../host/masking.js";
import { ConsoleTerminal } from "../../host/terminal/console-terminal.js";
import type { Run } from "../cli/tool.js";
import { userHistory } from "./history-file.js";
import { isDumb, styleOf, Tty } from "./tty.js";

export interface OwnConsole {
  /** The program serves, where `greeting` says. */
  open(console: Interpreter, greeting: string): void;
  close(): void;
}

/** Takes the terminal at once, so that nothing that is typed meanwhile is shown twice, and waits for a console. */
export function ownConsole(run: Run, onend: () => void): OwnConsole {
  const style = styleOf();
  let session: Session | undefined;
  const tty = new Tty({
    ontype: (text) => terminal.type(text),
    onresize: () => terminal.resized(),
    onreturn: () => terminal.return(),
    onend,
  });
  const terminal = new ConsoleTerminal({
    write: (text) => tty.write(text),
    size: () => tty.size,
    history: userHistory(),
    style,
    isDumb: isDumb(),
    prompt: (name) => `${name}$ `,
    onleave: onend,
    oninterrupt: () => process.kill(process.pid, "SIGINT"),
    onsuspend() {
      terminal.leave();
      tty.suspend();
    },
  });
  tty.start();
  run.divert((text) => terminal.print(withoutSecrets(`${run.program}: ${text}`)));
  return {
    open(console, greeting) {
      const hear = (text: string) => void terminal.hear(text);
      const write = (text: string) => {
        hear(text);
        return undefined;
      };
      session = new Session(console, { backlog: 0, write, prompt: hear }, { greet: false });
      const speaker = session;
      terminal.connect((line) => void speaker.feed(line));
      if (greeting !== "") terminal.print(style.faint(greeting));
      hear(console.prompt.trimStart()); // as a session without a banner begins
    },
    close() {
      session?.close();
      terminal.leave();
      tty.stop();
      run.divert(undefined);
    },
  };
}
