// A terminal with somebody at it: a program in tmux, keys that are typed, and the screen that is to be seen.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import type { Lab } from "./lab.js";
import { until } from "./wait.js";

const folder = fileURLToPath(new URL("../../../tests/interop/screens/", import.meta.url));
/** Writes the screens that are compared with, to be looked at before they are kept. */
const isRecording = process.env["RECORD_SCREENS"] !== undefined;
/** The lab's folder has another name each time, of one length. */
const LAB = /\/tmp\/loom-\w{6}/g;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Terminal {
  /** Types: text as it is, keys by tmux's names. */
  type(...keys: readonly string[]): void;
  /** The screen as it is now, without blanks at the ends of rows. */
  screen(): string;
  /** Waits until the screen has something. */
  shows(pattern: RegExp): Promise<void>;
  /** Waits until the screen is one of those that are stored. */
  looksAs(name: string): Promise<void>;
  resize(size: Size): void;
  /** The screen with its colours. */
  coloured(): string;
}

/** Runs a command line in a terminal of a size. tmux ends with the lab. */
export async function openTerminal(lab: Lab, line: string, { columns, rows }: Size): Promise<Terminal> {
  const socket = lab.path("tmux");
  lab.start("tmux", "-S", socket, "-f", "/dev/null", "-D");
  const tmux = (...words: readonly string[]) => execFileSync("tmux", ["-S", socket, ...words], { encoding: "utf8" });
  await until("tmux is there", () => existsSync(socket));
  const env = [
    "env",
    "TERM=screen",
    "LC_ALL=C.UTF-8",
    `HOME=${lab.folder}`,
    `PATH=${lab.path("bin")}:${process.env["PATH"]}`,
  ];
  const size = ["-x", String(columns), "-y", String(rows)];
  tmux("new-session", "-d", ...size, ...env, "sh", "-c", `${line}; echo "ended with $?"; sleep 600`);
  const screen = () => tidied(tmux("capture-pane", "-p"));
  const shows = async (pattern: RegExp) => {
    const isShown = () => pattern.test(screen().trimEnd());
    await until(`the screen shows ${pattern}`, isShown).catch((error) => {
      throw new Error(`${error.message}:\n${screen()}`);
    });
  };
  return {
    screen,
    shows,
    type: (...keys) => void tmux("send-keys", ...keys),
    resize: (to) => void tmux("resize-window", "-x", String(to.columns), "-y", String(to.rows)),
    coloured: () => tmux("capture-pane", "-p", "-e"),
    async looksAs(name) {
      const path = `${folder}${name}.txt`;
      if (isRecording) {
        await new Promise((done) => setTimeout(done, 2_000));
        writeFileSync(path, screen());
        return;
      }
      const stored = readFileSync(path, "utf8");
      await until(name, () => screen() === stored).catch(() => assert.snapshot(screen(), stored, name));
    },
  };
}

function tidied(text: string): string {
  const rows = text
    .replace(LAB, "/tmp/loom-000000")
    .replace(/(?<=etherloom-)\d+\.\d+\.\d+/, "0.0.0")
    .split("\n");
  return `${rows
    .map((row) => row.trimEnd())
    .join("\n")
    .trimEnd()}\n`;
}
