// What a mistyped command perhaps meant. It is asked on a connection of its own, after the answer.

import { Conversation } from "../../host/manager/conversation.js";
import { hintFor, known } from "../../host/terminal/known.js";
import { connectConsole } from "../transports/console.js";

/** The end of a sentence; "" where nothing is near, or the console does not say what it knows within this time. */
export async function askForHint(path: string, line: string, limitMs: number): Promise<string> {
  const socket = await connectConsole(path).catch(() => undefined);
  if (socket === undefined) return "";
  const send = (text: string) => void (socket.writable && socket.write(text));
  const conversation = new Conversation({ send, onready: () => {}, onevent: () => {} });
  socket.on("data", (text) => conversation.hear(String(text)));
  socket.on("error", () => {}); // "close" comes after it
  socket.on("close", () => conversation.end());
  const late = setTimeout(() => socket.destroy(), limitMs);
  const { names } = await known(conversation);
  clearTimeout(late);
  socket.destroy();
  return hintFor(line, names);
}
