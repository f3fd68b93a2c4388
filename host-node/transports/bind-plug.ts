// The name of a plug's own socket: in the switch's directory where that may be written, else where anybody may write.

import { type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { refuse } from "../../host/errors.js";
import type { VdeUrl } from "../../host/vde/url.js";
import { findGroup, isMapped } from "../native/accounts.js";
import { close, SystemCallError } from "../native/libc.js";
import { SOCK_DGRAM, unixSocket } from "../native/socket.js";
import { type Access, bindFile } from "../servers/socket-file.js";

const MODE = 0o700;
const ELSEWHERE = ["/var/run", "/var/tmp", "/tmp"];
const TRIES = 10_000;

let serial = 0;

/** A bound datagram socket. The caller removes its name when the switch knows it. */
export function bindPlug(dir: string, url: VdeUrl): { fd: number; path: string } {
  const access = accessOf(statSync(join(dir, "ctl"), { throwIfNoEntry: false }), url);
  const fd = unixSocket(SOCK_DGRAM);
  try {
    for (const start of [`${dir}/.`, ...ELSEWHERE.map((place) => `${place}/vde.`)]) {
      const path = bindIn(fd, start, access);
      if (path !== undefined) return { fd, path };
    }
    return refuse("EACCES", `no place for a plug's socket: ${[dir, ...ELSEWHERE].join(", ")}`);
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** "DIR/.00017-00000", and the next number where one of another name space has that already. */
function bindIn(fd: number, start: string, access: Access): string | undefined {
  for (let i = 0; i < TRIES; i++) {
    const path = `${start}${five(process.pid)}-${five(serial++)}`;
    try {
      bindFile(fd, path, access);
      return path;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      if (error.code !== "EADDRINUSE") return undefined;
    }
  }
  return undefined;
}

function five(number: number): string {
  return String(number).padStart(5, "0");
}

/** Who may send to a plug. A switch of another user must be able to: its group where it has one of ours, else everybody. */
function accessOf(ctl: Stats | undefined, { group, mode = MODE }: VdeUrl): Access {
  if (group !== undefined) {
    const gid = findGroup(group) ?? refuse("EINVAL", `there is no group ${group}`);
    return { mode, gid };
  }
  const self = process.geteuid?.() ?? 0;
  const isOthers = ctl !== undefined && ctl.uid !== 0 && ctl.uid !== self;
  if ((mode & 0o077) !== 0 || !isOthers) return { mode };
  const isMember = (self === 0 && isMapped("gid", ctl.gid)) || (process.getgroups?.() ?? []).includes(ctl.gid);
  return isMember ? { mode: mode | 0o070, gid: ctl.gid } : { mode: mode | 0o077 };
}
