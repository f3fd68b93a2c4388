// The frames of the load: who they are from and to, and a number each, so that what is lost or late is counted exactly.
//
//    0                6                12       14       16              20              24
//    +----------------+----------------+--------+--------+---------------+---------------+--------+
//    | destination    | source         | 0x88b5 | 0      | sender        | number        | zeros  |
//    +----------------+----------------+--------+--------+---------------+---------------+--------+

/** IEEE 802's first type for local experiments: a spanning tree's frames are not mistaken for the load. */
const TYPE_LOAD = 0x88b5;
const BROADCAST = 0xffff;

/** Where one frame of the load lies, and what it says. Ports are numbered from 0, as the load plugged them in. */
export class Frame {
  readonly #view: DataView;

  constructor(memory: ArrayBuffer, start: number, size: number) {
    this.#view = new DataView(memory, start, size);
  }

  /** Makes it a frame from a port to a port, or to all where `to` is undefined. */
  address(from: number, to: number | undefined): void {
    this.#view.setUint32(0, to === undefined ? 0xffffffff : 0x02000000);
    this.#view.setUint16(4, to ?? BROADCAST);
    this.#view.setUint32(6, 0x02000000);
    this.#view.setUint16(10, from);
    this.#view.setUint32(12, TYPE_LOAD << 16);
    this.#view.setUint32(16, from);
  }

  /** Puts an address that nobody has used before, but for chance, into the source. */
  disguise(): void {
    this.#view.setUint16(6, 0x0600 | (Math.random() * 256));
    this.#view.setUint32(8, Math.random() * 0x100000000);
  }

  /** Turns it round: what came from a port goes back to it. */
  reply(): void {
    const from = this.sender;
    this.address(this.to, from);
  }

  set number(n: number) {
    this.#view.setUint32(20, n);
  }

  get number(): number {
    return this.#view.getUint32(20);
  }

  get sender(): number {
    return this.#view.getUint32(16);
  }

  get to(): number {
    return this.#view.getUint16(4);
  }

  get isLoad(): boolean {
    return this.#view.getUint16(12) === TYPE_LOAD;
  }

  /** Whether a port is meant to get it; what else arrives there was flooded. */
  isFor(port: number): boolean {
    return this.to === port || this.to === BROADCAST;
  }
}
