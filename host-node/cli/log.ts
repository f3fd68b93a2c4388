// Where lines for people go: standard error, or syslog for a daemon. A line that cannot be written is lost: a switch
// never waits for who does not read, and never dies of who is gone.

import { closeSync, writeSync } from "node:fs";
import { withoutSecrets } from "../../host/masking.js";
import { isWritable } from "../native/poll.js";
import { connectTo, SOCK_DGRAM, sockaddrUn, unixSocket } from "../native/socket.js";

export type Log = (text: string) => void;

const STDERR = 2;
const LINE_MAX = 4000; // below PIPE_BUF, so that a pipe with any room takes it whole
const DAEMON_INFO = (3 << 3) | 6; // RFC 3164 4.1.1: facility "system daemons", severity "informational"

/** Lines to standard error, signed. */
export function standardError(program: string): Log {
  return (text) => {
    try {
      if (isWritable(STDERR)) writeSync(STDERR, `${program}: ${withoutSecrets(text)}`.slice(0, LINE_MAX).concat("\n"));
    } catch {
      // EPIPE, EAGAIN: nobody reads
    }
  };
}

/** Lines to the system's log, as RFC 3164 has them; to nowhere where there is none. */
export function syslog(program: string, path = "/dev/log"): Log {
  let fd: number | undefined;
  const send = (line: string): boolean => {
    try {
      fd ??= connected(path);
      writeSync(fd, line);
      return true;
    } catch {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
      return false;
    }
  };
  return (text) => {
    const line = `<${DAEMON_INFO}>${stamp(new Date())} ${program}[${process.pid}]: ${withoutSecrets(text)}`.slice(
      0,
      LINE_MAX,
    );
    if (!send(line)) send(line); // the log may have been restarted
  };
}

function connected(path: string): number {
  const fd = unixSocket(SOCK_DGRAM);
  try {
    connectTo(fd, sockaddrUn(path), path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** RFC 3164 4.1.2: "Feb  5 17:32:18", local time. */
export function stamp(date: Date): string {
  const [, month, , , time] = date.toString().split(" ");
  return `${month} ${String(date.getDate()).padStart(2)} ${time}`;
}
