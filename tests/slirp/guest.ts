// A guest that is made up, frame by frame, before a gateway whose world is made up, too.

import * as assert from "uvu/assert";
import { address, addressText, parsePrefix } from "../../host/slirp/address.js";
import { Gateway } from "../../host/slirp/gateway.js";
import { Memory } from "../../host/slirp/memory.js";
import type { GatewayOptions } from "../../host/slirp/options.js";
import { MEMORY_SIZE, Output, PAYLOAD } from "../../host/slirp/output.js";
import { ICMP, ICMPV6, TCP, UDP } from "../../host/slirp/packet.js";
import { type StillClock, stillClock } from "../clock.js";
import { MadeWorld } from "./world.js";

export const GATEWAY = "10.0.2.2";

export const BOTH: GatewayOptions = {
  hosts: [parsePrefix("10.0.2.2/24"), parsePrefix("fd00::2/64")],
  dhcp: {},
  dhcpv6: true,
  advertise: [],
  nat64: true,
  tftp: true,
};

const SUM_AT: Readonly<Record<number, number>> = { [TCP]: 16, [UDP]: 6, [ICMP]: 2, [ICMPV6]: 2 };

/** A packet that came from the gateway, taken apart by means of the test's own. */
export interface Heard {
  readonly frame: Uint8Array;
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly hops: number;
  /** What follows the IP header. */
  readonly data: Uint8Array;
}

export interface Bench {
  readonly gateway: Gateway;
  readonly world: MadeWorld;
  readonly clock: StillClock;
  /** All frames that came since the last time, and lets what is due now happen. */
  take(): Promise<Heard[]>;
  /** Frames that came, as they are. */
  readonly frames: Uint8Array[];
}

export function bench(options: GatewayOptions = BOTH): Bench {
  const world = new MadeWorld();
  const clock = stillClock();
  const gateway = new Gateway(options, world, clock);
  const frames: Uint8Array[] = [];
  gateway.onframe = (frame) => void frames.push(frame.slice());
  return {
    gateway,
    world,
    clock,
    frames,
    async take() {
      await new Promise((resolve) => setImmediate(resolve));
      clock.pass(0);
      return frames.splice(0).flatMap((frame) => apart(frame) ?? []);
    },
  };
}

/** One guest on the gateway's network. */
export class MadeGuest {
  readonly mac: Uint8Array;
  readonly #memory = new Memory(MEMORY_SIZE);
  readonly #output: Output;

  constructor({ gateway }: Pick<Bench, "gateway">, number = 15, mtu = 1_500) {
    this.mac = Uint8Array.of(2, 0, 0, 0, number >>> 8, number & 255);
    const to = { address: new Uint8Array(4), mac: gateway.settings.mac };
    const neighbours = { find: () => to } as unknown as ConstructorParameters<typeof Output>[1];
    this.#output = new Output(this.#memory, neighbours, { mac: this.mac, mtu }, number);
    this.#output.onframe = (at, size) => void this.frames.push(this.#memory.slice(at, size));
  }

  /** What was made and is not sent yet. */
  readonly frames: Uint8Array[] = [];

  /** Makes the frames of a datagram. Checksums are right, where `sums` does not say otherwise. */
  make(from: string, to: string, protocol: number, data: Uint8Array, hops = 64): Uint8Array[] {
    this.#memory.octets.set(data, PAYLOAD);
    const heading = { from: address(from), to: address(to), protocol, sumAt: SUM_AT[protocol] ?? -1 };
    this.#output.send(heading, data.length, undefined, hops);
    return this.frames.splice(0);
  }

  udp(from: string, port: number, to: string, toPort: number, data: Uint8Array): Uint8Array[] {
    const head = Uint8Array.of(port >>> 8, port, toPort >>> 8, toPort, (8 + data.length) >>> 8, 8 + data.length, 0, 0);
    return this.make(from, to, UDP, Buffer.concat([head, data]));
  }

  tcp(from: string, port: number, to: string, toPort: number, segment: MadeSegment): Uint8Array[] {
    const {
      sequence,
      acknowledged = 0,
      flags,
      window = 65_535,
      options = [],
      data = new Uint8Array(),
      urgent = 0,
    } = segment;
    const head = new DataView(new ArrayBuffer(20 + options.length));
    head.setUint16(0, port);
    head.setUint16(2, toPort);
    head.setUint32(4, sequence);
    head.setUint32(8, acknowledged);
    head.setUint16(12, ((20 + options.length) << 10) | flags);
    head.setUint16(14, window);
    head.setUint16(18, urgent);
    const octets = new Uint8Array(head.buffer);
    octets.set(options, 20);
    return this.make(from, to, TCP, Buffer.concat([octets, data]));
  }
}

export interface MadeSegment {
  readonly sequence: number;
  readonly acknowledged?: number;
  readonly flags: number;
  readonly window?: number;
  /** A multiple of four octets. */
  readonly options?: readonly number[];
  readonly data?: Uint8Array;
  readonly urgent?: number;
}

export function send({ gateway }: Pick<Bench, "gateway">, frames: readonly Uint8Array[]): void {
  for (const frame of frames) gateway.send(frame);
}

/** Takes a frame apart, and asserts that every sum in it is right. Nothing for ARP. */
export function apart(frame: Uint8Array): Heard | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const type = view.getUint16(12);
  if (type === 0x0806) return undefined;
  const v4 = type === 0x0800;
  assert.ok(v4 || type === 0x86dd, `type ${type}`);
  const header = v4 ? 20 : 40;
  const size = v4 ? view.getUint16(16) - 20 : view.getUint16(18);
  assert.is(frame.length, 14 + header + size, "the length is what the header says");
  if (v4) assert.is(sumOf(frame.subarray(14, 34)), 0xffff, "the header's sum");
  const [from, to] = v4 ? [frame.slice(26, 30), frame.slice(30, 34)] : [frame.slice(22, 38), frame.slice(38, 54)];
  const data = frame.slice(14 + header);
  const protocol = frame[v4 ? 23 : 20]!;
  const isPiece = v4 ? (view.getUint16(20) & 0x3fff) !== 0 : protocol === 44;
  if (!isPiece)
    assert.is(
      sumOf(
        Buffer.concat(
          [protocol === ICMP ? [] : pseudo(from, to, protocol, size), data].map((part) => Uint8Array.from(part)),
        ),
      ),
      0xffff,
      `the sum of protocol ${protocol}`,
    );
  return { frame, from: addressText(from), to: addressText(to), protocol, hops: frame[v4 ? 22 : 21]!, data };
}

function pseudo(from: Uint8Array, to: Uint8Array, protocol: number, size: number): Uint8Array {
  return Uint8Array.of(...from, ...to, size >>> 24, size >>> 16, size >>> 8, size, 0, 0, 0, protocol);
}

/** RFC 1071, word by word. */
function sumOf(octets: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < octets.length; i += 2) sum += (octets[i]! << 8) | (octets[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
