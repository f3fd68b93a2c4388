// The ssh step: the user's own ssh, with its agents, known hosts and jump hosts. Keys go over its pipes and nowhere else.

import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { refuse } from "../../host/errors.js";
import { answer, question } from "./handover.js";
import type { ServerKeys } from "./initiator.js";
import { EXTRA, sshWords } from "./scp-words.js";

/** As many as releases of VDE want. */
const OLD_KEY_SIZE = 24;
/** A configuration may run programs to decide what matches. */
const CONFIG_MS = 10_000;
const SSH_FAILED = 255;
const NOT_FOUND = 127;
/** By this end, since what it said was not right. */
const KILLED = -1;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** The keys of the server on a UDP port of a host, which ssh reaches by a name. */
export async function keysBySsh(
  target: string,
  port: number,
  clientKey: Uint8Array,
  stop?: AbortSignal,
): Promise<ServerKeys> {
  const { child, ended } = startSsh(target, `loom crypt --handover --port ${port}`, stop);
  child.stdin.end(question(clientKey));
  const [said] = await Promise.allSettled([answer(child.stdout)]);
  child.stdout.destroy();
  if (said.status === "rejected") child.kill();
  const code = await ended;
  stop?.throwIfAborted();
  if (said.status === "fulfilled") return said.value;
  return refuse("EPROTO", `keys by ssh ${target}: ${explain(target, code, said.reason as Error)}`);
}

/**
 * Puts the file there that VDE's own server looks for at a login, even where it encrypts nothing, and returns what removes
 * it. It holds zeros: what protects a cable never lies in a file. What a link of that name leads to is not written over.
 */
export async function placeOldKey(target: string, id: string): Promise<() => void> {
  const file = `/tmp/.${id}.key`;
  const write = `rm -f ${file}; umask 077; set -C; head -c ${OLD_KEY_SIZE} > ${file}`;
  const command = `${write} && { echo placed; cat > /dev/null; rm -f ${file}; }`;
  const { child, ended } = startSsh(target, command);
  child.stdin.write(new Uint8Array(OLD_KEY_SIZE));
  const placed = new Promise<boolean>((resolve) => {
    child.stdout.once("data", () => resolve(true));
    void ended.then(() => resolve(false));
  });
  if (await placed) return () => void child.stdin.end();
  return refuse(
    "EPROTO",
    `ssh ${target}: ${explain(target, await ended, new Error("the file could not be written there"))}`,
  );
}

/** The host that ssh would reach by a name, as its configuration has it; undefined where ssh does not say. */
export async function hostBySsh(target: string, stop?: AbortSignal): Promise<string | undefined> {
  const options = { timeout: CONFIG_MS, ...(stop && { signal: stop }) };
  const extra = extraWords();
  try {
    const { stdout } = await promisify(execFile)("ssh", [...extra, "-G", "--", target], options);
    return /^hostname (\S+)$/m.exec(stdout)?.[1];
  } catch {
    stop?.throwIfAborted();
    return undefined; // what is wrong with ssh shows when keys are asked for
  }
}

/** What sends it where ssh alone does not get there, as for VDE's own, which ran scp. */
function extraWords(): readonly string[] {
  return sshWords(process.env[EXTRA] ?? "");
}

function startSsh(target: string, command: string, stop?: AbortSignal): { child: Child; ended: Promise<number> } {
  const words = [...extraWords(), "-T", "--", target, command];
  const child = spawn("ssh", words, { stdio: ["pipe", "pipe", "inherit"], ...(stop && { signal: stop }) });
  const ended = new Promise<number>((resolve) => {
    child.once("error", () => resolve(NOT_FOUND));
    child.once("close", (code) => resolve(code ?? KILLED));
  });
  child.stdin.on("error", () => {}); // its exit tells
  return { child, ended };
}

function explain(target: string, code: number, { message }: Error): string {
  const byHand = ["ssh", ...extraWords(), target, "true"].join(" ");
  if (code === SSH_FAILED) return `ssh could not log in; try it by hand: ${byHand}`;
  if (code === NOT_FOUND) return "there is no ssh here, or no loom there: both must be in PATH";
  return code === 0 || code === KILLED ? message : `the command there ended with ${code}`;
}
