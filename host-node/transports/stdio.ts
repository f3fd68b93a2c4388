// This program's own standard input and output as a link.

import { isatty } from "node:tty";
import type { Side } from "../cable/side.js";
import { StreamSide } from "../cable/stream.js";
import type { PlugOptions } from "./open.js";

/** What is wrong with the stream is told to a person at a terminal alone, as VDE does. */
export async function openStdio(_rest: string, { warn }: PlugOptions): Promise<Side> {
  const told = warn !== undefined && isatty(2) ? { warn } : {};
  return new StreamSide({ name: "stdio", input: 0, output: 1, onclose: () => {}, ...told });
}
