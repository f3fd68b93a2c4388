// The ssh step: the user's own ssh, with its agents, known hosts and jump hosts. Keys go over its pipes and nowhere else.

import { spawn } from "node:child_process";
import { refuse } from "../../host/errors.js";
import { answer, question } from "./handover.js";
import type { ServerKeys } from "./initiator.js";

/** What sends it where ssh alone does not get there: one word, as for VDE's own, which ran scp. */
const EXTRA = "SCP_EXTRA_OPTIONS";
const SSH_FAILED = 255;
const NOT_FOUND = 127;

/** The keys of the server on a UDP port of a host, which ssh reaches by a name. */
export async function keysBySsh(target: string, port: number, clientKey: Uint8Array): Promise<ServerKeys> {
  const extra = process.env[EXTRA];
  const words = [...(extra ? [extra] : []), "-T", "--", target, `loom crypt --handover --port ${port}`];
  const child = spawn("ssh", words, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<number>((resolve) => {
    child.once("error", () => resolve(NOT_FOUND));
    child.once("close", (code) => resolve(code ?? SSH_FAILED));
  });
  child.stdin.on("error", () => {}); // its exit tells
  child.stdin.end(question(clientKey));
  const said = await Promise.allSettled([answer(child.stdout)]);
  child.stdout.destroy();
  if (said[0].status === "fulfilled") {
    await ended;
    return said[0].value;
  }
  child.kill();
  return refuse("EPROTO", `keys by ssh ${target}: ${explain(await ended, said[0].reason as Error)}`);
}

function explain(code: number, { message }: Error): string {
  if (code === SSH_FAILED) return "ssh could not log in; try it by hand: ssh HOST true";
  if (code === NOT_FOUND) return "there is no ssh here, or no loom there: both must be in PATH";
  return code === 0 ? message : `loom crypt --handover ended with ${code} there`;
}
