// vdeterm in a pipe: each line is a command, sent when the one before is answered. What the console says is printed as it
// comes, for programs as for people.

import { createInterface } from "node:readline";
import { Conversation } from "../../host/manager/conversation.js";
import { Failure, type Run } from "../cli/tool.js";
import { connectConsole } from "../transports/console.js";

/** A command that failed was answered in words: the exit code is for scripts. */
const FAILED = 1;

export async function runPipedTerm(path: string, run: Run): Promise<void> {
  const socket = await connectConsole(path);
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const conversation = new Conversation({
    send: (text) => void (socket.writable && socket.write(text)),
    onready: () => {},
    onevent: (text) => say(`** DBG MSG: ${text}`),
    onbanner: say,
  });
  run.stop.addEventListener("abort", () => socket.destroy());
  socket.on("data", (text) => conversation.hear(String(text)));
  socket.on("error", () => {}); // "close" comes after it
  const input = createInterface({ input: process.stdin });
  socket.once("close", () => {
    conversation.end();
    input.close();
  });
  try {
    const failures = await runLines(conversation, input, say);
    if (failures > 0) throw new Failure("", FAILED);
  } finally {
    input.close();
    socket.destroy();
    process.stdin.destroy();
  }
}

/** Returns how many failed. */
async function runLines(
  conversation: Conversation,
  lines: AsyncIterable<string>,
  say: (text: string) => void,
): Promise<number> {
  let failures = 0;
  let isEnding = false;
  let last = "";
  for await (const line of lines) {
    if (line.trim() === "") continue;
    if (/^\s*(?:logout|exit|quit)\b/.test(line)) return failures;
    last = line.trim();
    isEnding = /^shutdown\b/.test(last);
    const answer = await conversation.ask(line, say);
    if (answer === undefined) break;
    if (answer.text !== "") say(answer.text);
    if (answer.code !== 0) failures++;
  }
  if (!conversation.isOpen && !isEnding) throw new Failure(`the console hung up${last === "" ? "" : ` at ${last}`}`);
  return failures;
}
