// What pdump does: which file, whether frames go to it now, and what is missing in it.

import type { Capture } from "../../host/captures.js";
import { refuse } from "../../host/errors.js";
import type { PluginContext } from "../../host/plugin.js";
import { packetText } from "../../host/plugins/packet-text.js";
import { WallClock } from "../../host/plugins/wall-clock.js";
import { asRefusal } from "../reason.js";
import { CaptureFile, type CaptureSink } from "./capture-file.js";
import { tryFile } from "./own-file.js";

export const FILENAME = "vde_dump.cap";
export const IN = "pdump/packetin";
export const OUT = "pdump/packetout";
/** How long a buffered frame waits at most. */
const FLUSH_MS = 1000;

/** From when it was begun until it is stopped. */
interface Recording {
  file: CaptureFile;
  /** Ends what runs for it. */
  readonly end: () => void;
  /** What the switch had lost before it. */
  readonly lostBefore: number;
}

export class Pdump {
  readonly #context: PluginContext;
  readonly #openSink: (path: string) => CaptureSink;
  readonly #clock: WallClock;
  #filename = FILENAME;
  #isBuffered = false;
  #recording: Recording | undefined;
  /** What `show` says of a recording that ended. */
  #past: readonly string[] = [];

  constructor(context: PluginContext, openSink: (path: string) => CaptureSink) {
    this.#context = context;
    this.#openSink = openSink;
    this.#clock = new WallClock(context.switch, Date.now);
  }

  get filename(): string {
    return this.#filename;
  }

  /** A file that is named during a recording goes on with it. EINVAL where it cannot be written; nothing changes then. */
  set filename(path: string) {
    const recording = this.#recording;
    if (recording === undefined) asDump(path, () => tryFile(path));
    else if (path !== this.#filename) {
      const file = this.#open(path);
      this.#context.switch.captures.read();
      void recording.file.close();
      recording.file = file;
    }
    this.#filename = path;
  }

  /** Kept when all that came before is written. */
  async setBuffered(on: boolean): Promise<void> {
    this.#isBuffered = on;
    if (this.#recording === undefined) return;
    this.#recording.file.buffered = on;
    await this.#recording.file.flush();
  }

  /** EEXIST where it goes on already, EINVAL where the file cannot be written. */
  start(): void {
    if (this.#recording !== undefined) refuse("EEXIST", "it is active");
    const file = this.#open(this.#filename);
    const stopTap = this.#context.tap((capture) => this.#add(capture));
    const stopTimer = this.#context.every(FLUSH_MS, () => this.#recording?.file.flush());
    const end = () => {
      stopTap();
      stopTimer();
    };
    this.#recording = { file, end, lostBefore: this.#context.switch.captures.lost };
  }

  /** Stops, when all is written. Returns how many frames are missing. ENOENT where it is not active. */
  async stop(): Promise<number> {
    const recording = this.#recording ?? refuse("ENOENT", "it is not active");
    const { file } = this.#end(recording);
    await file.close();
    this.#past = this.#lines(recording, "stopped");
    if (file.failure !== undefined) throw asRefusal(file.failure, file.path);
    return file.lost + this.#lostBySwitch(recording);
  }

  async close(): Promise<void> {
    if (this.#recording !== undefined) await this.stop();
  }

  show(): readonly string[] {
    if (this.#recording !== undefined) return this.#lines(this.#recording, "active");
    return this.#past.length > 0 ? this.#past : [`dumpfile=${this.#filename}`, "never active"];
  }

  #end(recording: Recording): Recording {
    recording.end();
    this.#recording = undefined;
    return recording;
  }

  #lines(recording: Recording, state: string): string[] {
    const { path, frames, lost } = recording.file;
    return [
      `dumpfile=${path}`,
      state,
      `frames ${frames}`,
      `lost ${this.#lostBySwitch(recording)} on the way from the switch, ${lost} for the disk`,
    ];
  }

  #lostBySwitch({ lostBefore }: Recording): number {
    return (this.#context.switch.captures.lost - lostBefore) >>> 0;
  }

  #add(capture: Capture): void {
    this.#recording?.file.add(capture);
    this.#context.emit(capture.outgoing ? OUT : IN, () => packetText(capture));
  }

  #open(path: string): CaptureFile {
    const sink = asDump(path, () => this.#openSink(path));
    const file = new CaptureFile(path, sink, this.#clock, (error) => this.#fail(file, error));
    file.buffered = this.#isBuffered;
    return file;
  }

  /** The disk is full, or gone. Stops where that is the file in use; the switch goes on. */
  #fail(file: CaptureFile, error: Error): void {
    const why = asRefusal(error, file.path).message;
    this.#context.system.log(`pdump: no more is written: ${why}`);
    const recording = this.#recording;
    if (recording?.file !== file) return;
    this.#past = this.#lines(this.#end(recording), why);
    void file.close();
  }
}

/** VDE answers EINVAL to every file that it cannot write, and so do we; the words say which of its reasons it was. */
function asDump<T>(path: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    return refuse("EINVAL", `cannot dump: ${asRefusal(error, path).message}`);
  }
}
