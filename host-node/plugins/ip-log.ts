// Where iplog writes: nowhere, to a file, or to the system's log.

import { printable } from "../../host/console/text.js";
import { stamp, syslog } from "../cli/log.js";
import { asRefusal } from "../reason.js";
import { openToAppend } from "./own-file.js";
import { WriteBehind } from "./write-behind.js";

/** Octets of lines that may wait for the disk, beside as many that are being written. */
const CAPACITY = 262_144;

/** One for all switches of a process: it holds at most one descriptor, and keeps it. */
const toSyslog = syslog("iplog");

export class IpLog {
  /** Takes what people should hear of the log itself. */
  readonly #report: (text: string) => void;
  #path: string | undefined;
  #file: WriteBehind | undefined;
  #isSyslog = false;

  constructor(report: (text: string) => void) {
    this.#report = report;
  }

  /** Lines that the disk was too slow for. */
  get lost(): number {
    return this.#file?.lost ?? 0;
  }

  /** A file by its path, syslog by "-", or nowhere by "". Throws what the file system says; nothing changes then. */
  async set(target: string): Promise<void> {
    const file = target === "" || target === "-" ? undefined : this.#open(target);
    const old = this.#file;
    this.#file = file;
    this.#path = file && target;
    this.#isSyslog = target === "-";
    await old?.close();
  }

  write(text: string): void {
    const line = printable(text);
    if (this.#isSyslog) toSyslog(line);
    this.#file?.append(new TextEncoder().encode(`${stamp(new Date())} ${line}\n`));
  }

  /** Lets go of a file that may have been renamed, and goes on in one of its name. */
  reopen(): void {
    if (this.#file === undefined || this.#path === undefined) return;
    this.write("SIGHUP: closing file");
    try {
      this.#file = this.#open(this.#path, this.#file);
      this.write("SIGHUP: opening file");
    } catch (error) {
      this.#report(`iplog goes on in the file that it has: ${(error as Error).message}`);
    }
  }

  /** Writes what waits, and is off. */
  close(): Promise<void> {
    return this.set("");
  }

  toString(): string {
    if (this.#path !== undefined) return `log on file ${this.#path}`;
    return this.#isSyslog ? "log on syslog" : "log disabled";
  }

  /** Opens a file, to be written when what `before` holds is. */
  #open(path: string, before?: WriteBehind): WriteBehind {
    const sink = openToAppend(path);
    const onfailure = (error: Error, _whole: number, torn: number) => {
      sink.cut(torn);
      this.#report(`iplog: no more is written: ${asRefusal(error, path).message}`);
    };
    return new WriteBehind(sink, { capacity: CAPACITY, onfailure, ...(before && { after: before.close() }) });
  }
}
