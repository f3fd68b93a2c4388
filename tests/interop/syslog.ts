// A system log of a test's own: programs that are started by it find its socket where the machine's would be.

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { addressOf, close } from "../../host-node/native/libc.js";
import { bindTo, MSG_DONTWAIT, SOCK_DGRAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { receiveInto } from "../../host-node/native/stream.js";
import type { Lab } from "./lab.js";
import { until } from "./wait.js";

const LINE_MAX = 4_096;

/** A /dev of its own, with what programs need, and the log: $1 is the folder for it. The rest is the command. */
const SCRIPT = `set -e
mount --make-rprivate /
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs /dev
for device in null zero full random urandom tty; do
  touch "/dev/$device"
  mount --bind "$1/dev/$device" "/dev/$device"
done
mkdir /dev/pts
mount --rbind "$1/dev/pts" /dev/pts
ln -s pts/ptmx /dev/ptmx
ln -s "$1/log" /dev/log
shift
exec "$@"
`;

export class Syslog {
  /** What to put before a command so that it finds this log. */
  readonly inside: readonly string[];
  private readonly fd = unixSocket(SOCK_DGRAM);
  private readonly heard: string[] = [];
  private readonly buffer = new Uint8Array(new ArrayBuffer(LINE_MAX));

  constructor(lab: Lab) {
    const script = lab.path("with-log");
    mkdirSync(lab.path("dev"));
    writeFileSync(script, SCRIPT);
    chmodSync(script, 0o755);
    bindTo(this.fd, sockaddrUn(lab.path("log")), "log");
    lab.later(() => close(this.fd));
    this.inside = ["unshare", "--mount", "sh", script, lab.folder];
  }

  /** What was said so far, without head: "<30>Nov  1 10:00:00 vde_plug[17]: ". */
  lines(): readonly string[] {
    for (;;) {
      const size = receiveInto(this.fd, addressOf(this.buffer.buffer), LINE_MAX, MSG_DONTWAIT);
      if (size < 0) return this.heard;
      const line = new TextDecoder().decode(this.buffer.subarray(0, size));
      this.heard.push(line.replace(/^<\d+>\w{3} [ \d]\d [\d:]{8} /, "").replace(/^([^[:]+)(?:\[\d+\])?: /, "$1: "));
    }
  }

  /** Waits for as many lines. */
  async says(count: number): Promise<readonly string[]> {
    await until(`${count} lines of the log`, () => this.lines().length >= count);
    return this.lines();
  }
}
