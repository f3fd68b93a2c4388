// The management console where programs reach it: a Unix stream socket, and standard input.

import { writeSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { isatty } from "node:tty";
import type { Interpreter } from "../../host/console/interpreter.js";
import { Session, type Terminal } from "../../host/console/session.js";
import { duplicate } from "../native/libc.js";
import { reason } from "../reason.js";
import { Seats } from "./console-seats.js";
import { descriptorOf } from "./descriptor.js";
import { guard } from "./guard.js";
import { HoldOff } from "./hold-off.js";
import { BACKLOG, type ListeningAt, listenAt } from "./listen-at.js";
import { removeFile } from "./socket-file.js";
import { sparingLog } from "./sparing-log.js";

/** Consoles that may be open at once. One more, and the one that has been idle longest is told so and closed. */
const SESSIONS_MAX = 256;

/** Who may connect may do everything. */
export type ConsoleSocket = ListeningAt;

export interface ConsoleServer {
  /** Closes every session, and removes the socket where it is still ours. */
  close(): Promise<void>;
}

/** Serves a console on a socket. Throws where the path is taken: by a switch that lives, or by what is no socket. */
export async function serveConsole(console: Interpreter, where: ConsoleSocket): Promise<ConsoleServer> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    return socket.once("close", () => sockets.delete(socket));
  };
  const log = sparingLog((text) => console.note(`${where.path}: ${text}`));
  const seats = new Seats(SESSIONS_MAX);
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    keep(socket).on("error", () => {}); // it reads no more: what it sent before is read all the same
    const seat = seats.take(socket);
    if (typeof seat === "string") return farewell(socket, `1024 Too many open files: ${seat}\n`);
    const waitMs = seats.waitMs();
    if (waitMs > 0) holdOff.begin(waitMs);
    guard({ destroy: () => seats.leave(socket) }, log, () => {
      seat.reader = keep(readerOf(socket));
      seat.reader.on("data", () => seats.heard(socket));
      return serve(console, socket, seat.reader, () => seats.active(socket));
    });
  });
  const holdOff = new HoldOff(server, BACKLOG);
  const file = await listenAt(server, where, `another program has its console at ${where.path}`);
  server.on("error", (error) => log(reason(error))); // accept(2) failed; the next may not
  return {
    async close() {
      removeFile(file);
      holdOff.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

export interface StdinConsole {
  /** There is no more input: end the switch, or go on without it. */
  readonly onend: () => void;
  /** Lets `logout` end it, after a last word. */
  readonly onleave?: () => void;
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
  /** Writes the prompt; by default to descriptor 0, where that is a terminal. */
  readonly prompt?: (text: string) => void;
}

/** Serves a console on standard input and output, without a banner. `logout` does nothing there, unless it may. */
export function stdinConsole(console: Interpreter, options: StdinConsole): { close(): void } {
  const { onend, onleave, input = process.stdin, output = process.stdout, prompt = promptOnTerminal } = options;
  const leave = (text: string) => {
    output.write(text);
    onleave?.();
  };
  const session = new Session(console, terminal(output, prompt, onleave && leave), { greet: false });
  const ended = () => session.end().then(onend);
  const read = (text: string) => {
    input.pause();
    session.feed(text).then(() => input.resume());
  };
  input.setEncoding("utf8");
  input.on("data", read).once("end", ended).once("error", ended);
  output.on("error", () => {}); // nobody reads: see terminal
  return {
    close() {
      input.off("data", read).off("end", ended).off("error", ended);
      input.pause();
      session.close();
    },
  };
}

function farewell(socket: Socket, text: string): void {
  socket.end(text);
  socket.destroySoon();
}

/**
 * The incoming half of a connection, on a descriptor of its own. Node destroys a socket whose peer takes no more, and
 * with it what that peer sent before it left: a command, and at once gone, is a command all the same.
 */
function readerOf(socket: Socket): Socket {
  return new Socket({ fd: duplicate(descriptorOf(socket)), readable: true, writable: false });
}

/** The promise is kept when the session has ended and all that it said is on its way. */
async function serve(console: Interpreter, socket: Socket, reader: Socket, ontaken: () => void): Promise<void> {
  const prompt = (text: string) => void (socket.writable && socket.write(text));
  const leave = (text: string) => {
    farewell(socket, text);
    reader.destroy();
  };
  const session = new Session(console, terminal(socket, prompt, leave, ontaken));
  reader.setEncoding("utf8");
  reader.on("error", () => {}); // "close" comes after it
  reader.on("data", (text: string) => {
    reader.pause();
    session.feed(text).then(() => reader.resume());
  });
  await new Promise((done) => reader.once("close", done));
  await session.end();
  socket.destroySoon(); // nobody reads the original, so it would never see the end of its input and stay open
}

/**
 * A stream as a session sees it. A promise is kept on close too, so that no session waits for a reader that is gone, and
 * what is written after that is lost: commands still run. `ontaken` hears that the reader, or the kernel for it, took something.
 */
function terminal(
  stream: Output,
  prompt: Terminal["prompt"],
  leave?: (text: string) => void,
  ontaken?: () => void,
): Terminal {
  let room: Promise<void> | undefined;
  const waiting = () =>
    new Promise<void>((done) => {
      const settle = () => {
        stream.off("drain", settle).off("close", settle);
        room = undefined;
        done();
      };
      stream.on("drain", settle).on("close", settle);
    });
  return {
    get backlog() {
      return stream.writableLength ?? 0;
    },
    write(text) {
      if (!stream.writable || stream.write(text, ontaken)) return undefined;
      room ??= waiting();
      return room;
    },
    prompt,
    get isGone() {
      return !stream.writable;
    },
    pause: () => new Promise((done) => setImmediate(done)),
    ...(leave && { leave }),
  };
}

type Output = NodeJS.WritableStream & { readonly writableLength?: number };

function promptOnTerminal(text: string): void {
  if (isatty(0)) writeSync(0, text);
}
