// The guest's end of a connection, as simply as it can be: for what a Linux guest cannot be made to do.

import * as assert from "uvu/assert";
import { TCP } from "../../host/slirp/packet.js";
import { ACK, FIN, RST, SYN } from "../../host/slirp/tcp/segment.js";
import { type Bench, type Heard, type MadeGuest, type MadeSegment, send } from "./guest.js";

/** A segment that came. */
export interface Said {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly window: number;
  readonly header: number;
  readonly text: string;
}

export function said({ data }: Heard): Said {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const header = (view.getUint8(12) >>> 4) * 4;
  return {
    flags: view.getUint8(13),
    sequence: view.getUint32(4),
    acknowledged: view.getUint32(8),
    window: view.getUint16(14),
    header,
    text: Buffer.from(data.subarray(header)).toString("latin1"),
  };
}

export class Connection {
  sequence = 1_000;
  acknowledged = 0;
  /** The numbers of what was said last. */
  last = { sequence: 0, acknowledged: 0 };
  readonly #bench: Bench;
  readonly #guest: MadeGuest;
  readonly #ends: readonly [from: string, port: number, to: string, toPort: number];

  constructor(bench: Bench, guest: MadeGuest, to: string, toPort: number, port = 40_000, from = "10.0.2.15") {
    this.#bench = bench;
    this.#guest = guest;
    this.#ends = [from, port, to, toPort];
  }

  get port(): number {
    return this.#ends[1];
  }

  /** Sends a segment, by hand. */
  raw(segment: MadeSegment): void {
    send(this.#bench, this.#guest.tcp(...this.#ends, segment));
  }

  say(flags: number, text = "", rest: Partial<MadeSegment> = {}): void {
    const data = Buffer.from(text, "latin1");
    this.last = { sequence: this.sequence, acknowledged: this.acknowledged };
    this.raw({ sequence: this.sequence, acknowledged: this.acknowledged, flags, data, ...rest });
    this.sequence = (this.sequence + data.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0;
  }

  async hear(): Promise<Said[]> {
    return (await this.#bench.take()).filter(({ protocol }) => protocol === TCP).map(said);
  }

  /** Shakes hands; the world accepts. */
  async open(options: readonly number[] = []): Promise<Said> {
    this.#bench.world.accept = (stream) => stream.onconnect();
    this.say(SYN, "", { options });
    const [answer] = await this.hear();
    assert.is(answer?.flags, SYN | ACK);
    this.acknowledged = (answer!.sequence + 1) >>> 0;
    this.say(ACK);
    await this.hear();
    return answer!;
  }
}

export { ACK, FIN, RST, SYN };
