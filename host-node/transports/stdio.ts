// This program's own standard input and output as a link.

import { isatty } from "node:tty";
import { refuse } from "../../host/errors.js";
import type { Side } from "../cable/side.js";
import { StreamSide } from "../cable/stream.js";
import type { PlugOptions } from "./open.js";

/** Frames are octets of strangers, which a terminal would obey. */
const ADVICE =
  "standard output is a terminal, and frames are not for people: " +
  "name a command (vde_plug SWITCH = COMMAND) or a second link, or send it to a file or a pipe (| cat)";

/** What is wrong with the stream is told to a person at a terminal alone, as VDE does. */
export async function openStdio(_rest: string, { warn }: PlugOptions): Promise<Side> {
  if (isatty(1)) refuse("EINVAL", ADVICE);
  const told = warn !== undefined && isatty(2) ? { warn } : {};
  return new StreamSide({ name: "stdio", input: 0, output: 1, onclose: () => {}, ...told });
}
