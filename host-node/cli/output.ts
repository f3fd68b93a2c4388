// Standard output of a program that must not wait for who reads it.

import { fstatSync } from "node:fs";
import { Socket } from "node:net";

const STDOUT = 1;

/** Standard output as a stream that keeps what is not read yet; Node's own would hold up the program on a full pipe. */
export function standardOutput(): NodeJS.WritableStream {
  const { isFIFO, isSocket } = kind();
  const stream = isFIFO || isSocket ? new Socket({ fd: STDOUT, readable: false }) : process.stdout;
  stream.on("error", () => {}); // EPIPE: nobody reads
  return stream;
}

function kind(): { isFIFO: boolean; isSocket: boolean } {
  const stats = fstatSync(STDOUT);
  return { isFIFO: stats.isFIFO(), isSocket: stats.isSocket() };
}
