// The honest traffic: steady flows by each kind of link to a plug of the switch. Prints how many of the frames that were
// sent in each second arrived, as JSON.
//
//   octets of a frame's payload:  "honest" | flow, 1 | number of the frame, 4

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { openPlug, type Plug } from "../interop/plug.js";
import { MadeGuest } from "../slirp/guest.js";
import { ethernet, type FlowReport, type Place, RATE } from "./place.js";

const TICK_MS = 4;
/** So many ticks in a row a frame is offered, until it is lost: some second, and longer where this process has to wait. */
const TRIES_MAX = 250;
const FRAME_SIZE = 400;
const MARK = Buffer.from("honest");
/** How long the last frames may take. */
const REST_MS = 6_000;
const WEB_BACKLOG = 65_536;

class Flow {
  readonly #name: string;
  readonly #index: number;
  readonly #offer: (payload: Buffer) => boolean;
  readonly #seen: Uint8Array;
  #next = 0;
  #tries = 0;
  #duplicates = 0;

  constructor(name: string, index: number, seconds: number, offer: (payload: Buffer) => boolean) {
    this.#name = name;
    this.#index = index;
    this.#offer = offer;
    this.#seen = new Uint8Array(seconds * RATE);
  }

  /** Sends all that is due by now, as far as there is room. */
  send(elapsedMs: number): void {
    const due = Math.min(this.#seen.length, Math.floor((elapsedMs * RATE) / 1000));
    while (this.#next < due) {
      if (!this.#offer(this.#payload(this.#next)) && ++this.#tries < TRIES_MAX) return;
      this.#next++;
      this.#tries = 0;
    }
  }

  take(number: number): void {
    if (this.#seen[number] !== 0) this.#duplicates++;
    this.#seen[number] = 1;
  }

  report(): FlowReport {
    const arrived = Array.from({ length: this.#seen.length / RATE }, (_, second) =>
      this.#seen.subarray(second * RATE, (second + 1) * RATE).reduce((sum, one) => sum + one, 0),
    );
    return { flow: this.#name, arrived, duplicates: this.#duplicates };
  }

  #payload(number: number): Buffer {
    const octets = Buffer.alloc(FRAME_SIZE);
    MARK.copy(octets);
    octets[MARK.length] = this.#index;
    octets.writeUInt32BE(number, MARK.length + 1);
    return octets;
  }
}

/** A frame of a station's own with a payload in it. */
function frameOf(from: number, to: number, payload: Buffer): Uint8Array {
  const frame = ethernet(to, from, 14 + payload.length);
  frame.set(payload, 14);
  return frame;
}

const place: Place = JSON.parse(process.argv[2] ?? "");
const sink = await openPlug(place.folder, place.sock);
const near = await openPlug(place.folder, place.sock);
const far = await openPlug(place.folder, place.far);
const guestPlug = await openPlug(place.folder, place.sock);
const SINK = 0x0a01;

const web = new WebSocket(`ws://127.0.0.1:${place.ws}/`);
await once(web, "open");
const viaWeb = (payload: Buffer) => {
  if (web.readyState !== WebSocket.OPEN || web.bufferedAmount > WEB_BACKLOG) return false;
  web.send(frameOf(0x0a04, SINK, payload));
  return true;
};

/** The kernel knows the sink's address by a static entry of its neighbours. */
const datagrams = createSocket("udp4").on("error", () => {});
datagrams.bind();
const viaTap = (payload: Buffer) => {
  datagrams.send(payload, 9, "10.99.0.2");
  return true;
};

/** A guest of the gateway, whose datagrams come back from a server of this machine. */
const GATEWAY = Uint8Array.of(0x52, 0x55, 10, 0, 2, 2);
const guest = new MadeGuest({ gateway: { settings: { mac: GATEWAY } } as never }, 77);
const viaGateway = (payload: Buffer) =>
  guest.udp("10.0.2.77", 7_000, "10.0.2.2", place.echo, payload).every((frame) => guestPlug.offer(frame));

const flows = [
  new Flow("plug", 0, place.seconds, (payload) => near.offer(frameOf(0x0a02, SINK, payload))),
  new Flow("tap", 1, place.seconds, viaTap),
  new Flow("cable", 2, place.seconds, (payload) => far.offer(frameOf(0x0a03, SINK, payload))),
  new Flow("websocket", 3, place.seconds, viaWeb),
  new Flow("gateway", 4, place.seconds, viaGateway),
];

function receive(from: Plug): void {
  for (let frame = from.receive(); frame !== undefined; frame = from.receive()) {
    const octets = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
    const at = octets.indexOf(MARK);
    if (at >= 0 && at + 11 <= octets.length) flows[octets[at + 6] ?? 0]?.take(octets.readUInt32BE(at + 7));
  }
}

/** A gratuitous ARP reply of the guest. */
function arp(): Uint8Array {
  const frame = ethernet(-1, 77, 60, 0x0806);
  frame.set([0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 77, 10, 0, 2, 77, 2, 0, 0, 0, 0, 77, 10, 0, 2, 77], 14);
  return frame;
}

/** Keeps addresses in the FDB and in the gateway's table: a station that never sends is flooded to. */
function announce(): void {
  sink.offer(ethernet(-1, SINK, 60));
  guestPlug.offer(arp());
}

announce();
console.log("ready");
const start = performance.now();
for (let elapsed = 0, told = 0; elapsed < place.seconds * 1000 + REST_MS; elapsed = performance.now() - start) {
  for (const flow of flows) flow.send(elapsed);
  receive(sink);
  receive(guestPlug);
  for (const other of [near, far]) while (other.receive() !== undefined);
  if (elapsed - told > 1000) {
    announce();
    told = elapsed;
  }
  await sleep(TICK_MS);
}
console.log(JSON.stringify(flows.map((flow) => flow.report())));
process.exit(0);
