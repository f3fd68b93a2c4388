// A wirefilter in a pipe: frames are written to it when they are due, and the time is taken when they come out.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { VDE_FRAMING, writeLength } from "../host/framing.js";
import { StreamReader } from "../host-node/cable/reader.js";
import { addressOf, close } from "../host-node/native/libc.js";
import { pipe } from "../host-node/native/pipe.js";
import { POLLIN, POLLOUT, PollSet, wakeOnTime } from "../host-node/native/poll.js";
import { writePieces } from "../host-node/native/stream.js";
import { atExit } from "./cleanup.js";

const START_MS = 1_000;
const LIFETIME_MS = 120_000;
const HEADER = 2;
/** Room that poll(2) promises in a pipe: PIPE_BUF. */
const PIPE_ROOM = 4_096;

/** What came out, in order: which frame, and when. */
export interface Came {
  readonly number: number;
  readonly atMs: number;
}

/** Runs a wirefilter in a pipe, with standard input and output of `use`. */
export async function piped<T>(
  command: readonly string[],
  use: (input: number, output: number, child: ChildProcess) => Promise<T>,
): Promise<T> {
  const [[theirIn, ourOut], [ourIn, theirOut]] = [pipe(), pipe()];
  const [program = "", ...words] = command;
  const child = spawn(program, words, { stdio: [theirIn, theirOut, "ignore"], timeout: LIFETIME_MS });
  const done = atExit(() => child.kill("SIGKILL"));
  for (const fd of [theirIn, theirOut]) close(fd);
  try {
    await sleep(START_MS);
    return await use(ourOut, ourIn, child);
  } finally {
    for (const fd of [ourOut, ourIn]) close(fd);
    if (child.exitCode === null) child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    done();
  }
}

/** Frames of `size` octets with a number, written when `dueMs` says and the pipe has room. Returns when each was, and came. */
export function carry(
  [input, output]: readonly [number, number],
  { count, size, dueMs, ms }: { count: number; size: number; dueMs: (number: number) => number; ms: number },
): { sent: readonly number[]; came: readonly Came[] } {
  const [writer, reader] = [new FrameWriter(input, size), new StreamReader(output, false, VDE_FRAMING)];
  const [sent, came, set]: [number[], Came[], PollSet] = [[], [], new PollSet()];
  const start = performance.now();
  wakeOnTime();
  while (came.length < count && performance.now() - start < ms) {
    const isDue = sent.length < count && performance.now() - start >= dueMs(sent.length);
    set.clear();
    const place = set.add(output, POLLIN);
    const room = set.add(isDue ? input : -1, POLLOUT);
    set.wait(isDue || sent.length === count ? 100 : Math.max(0, start + dueMs(sent.length) - performance.now()));
    if (set.ready(place) !== 0) take(reader, came);
    if (set.ready(room) === 0) continue;
    sent.push(performance.now());
    writer.write(sent.length - 1);
  }
  return { sent, came };
}

function take(reader: StreamReader, came: Came[]): void {
  const count = reader.read();
  const atMs = performance.now();
  for (let i = 0; i < count; i++) {
    const frame = reader.batch.frame(i);
    came.push({ number: new DataView(frame.buffer, frame.byteOffset).getUint32(14), atMs });
  }
}

class FrameWriter {
  readonly #octets: Uint8Array;
  readonly #list = new BigInt64Array(2);
  readonly #fd: number;

  constructor(fd: number, size: number) {
    if (size + HEADER > PIPE_ROOM) throw new RangeError(`${size} octets may not fit`);
    this.#fd = fd;
    this.#octets = new Uint8Array(HEADER + size);
    writeLength(this.#octets, 0, size, VDE_FRAMING);
    this.#list.set([BigInt(addressOf(this.#octets.buffer)), BigInt(this.#octets.length)]);
  }

  write(number: number): void {
    new DataView(this.#octets.buffer).setUint32(HEADER + 14, number);
    writePieces(this.#fd, addressOf(this.#list.buffer), 1);
  }
}

/** Seconds that a stream of so many frames takes through a wirefilter, from one `cat` to another. */
export async function pass(command: readonly string[], size: number, count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const file = join(folder, "frames");
  try {
    const frame = new Uint8Array(HEADER + size);
    writeLength(frame, 0, size, VDE_FRAMING);
    writeFileSync(file, Buffer.concat(new Array<Uint8Array>(count).fill(frame)));
    const script = `sleep ${START_MS / 1000}; date +%s.%N >&2; exec cat "$0"`;
    const words = [
      "-c",
      `sh -c '${script}' "$0" | "$@" 2>/dev/null | cat > /dev/null; date +%s.%N >&2`,
      file,
      ...command,
    ];
    const child = spawn("sh", words, { stdio: ["ignore", "ignore", "pipe"], timeout: LIFETIME_MS });
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
    });
    await once(child, "close");
    const [start = Number.NaN, end = Number.NaN] = said.split("\n").map(Number);
    return end - start;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
