// A capture in a page: what passes at the ports of a switch, as a pcapng file to download.

import type { Capture } from "../host/captures.js";
import { Pcapng } from "../host/plugins/pcapng.js";
import { WallClock } from "../host/plugins/wall-clock.js";
import type { Switch } from "../host/switch.js";

/** What a page keeps of a capture at most, where it is not told otherwise: 256 MiB. */
const OCTETS_MAX = 1 << 28;
/** Blocks are put together until they are this long: a Blob is made of few parts. */
const PART = 1 << 16;

export interface CaptureOptions {
  /** Which ports, or all. */
  readonly ports?: readonly number[];
  /** The longest file. What passes beyond it is counted as lost. */
  readonly octetsMax?: number;
}

export class PageCapture {
  frames = 0;
  octets = 0;
  readonly #switch: Switch;
  readonly #octetsMax: number;
  readonly #file = new Pcapng();
  readonly #clock: WallClock;
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  readonly #lostBefore: number;
  readonly #tap: (capture: Capture) => void;
  #part = new Uint8Array(PART);
  #end = 0;
  #beyond = 0;
  #lostBySwitch = 0;
  #isActive = true;
  #isFull = false;

  constructor(sw: Switch, { ports, octetsMax = OCTETS_MAX }: CaptureOptions = {}) {
    this.#switch = sw;
    this.#octetsMax = octetsMax;
    this.#clock = new WallClock(sw, Date.now);
    this.#lostBefore = sw.captures.lost;
    this.#append(this.#file.head());
    this.#tap = (capture) => {
      if (ports === undefined || ports.includes(capture.port)) this.#add(capture);
    };
    sw.captures.add(this.#tap);
  }

  /** Frames that are missing in the file. */
  get lost(): number {
    const bySwitch = this.#isActive ? this.#switch.captures.lost - this.#lostBefore : this.#lostBySwitch;
    return bySwitch + this.#beyond;
  }

  /** Ends it. The file stays. */
  stop(): void {
    if (!this.#isActive) return;
    this.#switch.captures.remove(this.#tap);
    this.#lostBySwitch = this.#switch.captures.lost - this.#lostBefore;
    this.#isActive = false;
  }

  /** The file, as far as it goes. */
  blob(): Blob {
    if (this.#isActive) this.#switch.captures.read();
    return new Blob([...this.#parts, this.#part.slice(0, this.#end)], { type: "application/vnd.tcpdump.pcap" });
  }

  /** Lets the browser save the file. */
  download(name = "etherloom.pcapng"): void {
    const url = URL.createObjectURL(this.blob());
    const anchor = Object.assign(document.createElement("a"), { href: url, download: name });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser reads it after this turn, and does not say when
  }

  #add(capture: Capture): void {
    const blocks = this.#file.frame(capture, this.#clock.at(capture.timeMs));
    const size = blocks.reduce((sum, { length }) => sum + length, 0);
    this.#isFull ||= this.octets + size > this.#octetsMax; // for good: the block of a port may be among what is lost
    if (this.#isFull) {
      this.#beyond++;
      return;
    }
    this.frames++;
    for (const block of blocks) this.#append(block);
  }

  #append(block: Uint8Array): void {
    this.octets += block.length;
    if (this.#end + block.length > this.#part.length) {
      this.#parts.push(this.#part.slice(0, this.#end));
      this.#part = new Uint8Array(Math.max(PART, block.length));
      this.#end = 0;
    }
    this.#part.set(block, this.#end);
    this.#end += block.length;
  }
}

/** Captures what passes from now on, until `stop`. */
export function startCapture(sw: Switch, options?: CaptureOptions): PageCapture {
  return new PageCapture(sw, options);
}
