// The gateway's engine by itself: a guest that is made up takes what a server of this machine sends, as fast as it comes.

import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parsePrefix } from "../host/slirp/address.js";
import type { Gateway } from "../host/slirp/gateway.js";
import { ACK, SYN } from "../host/slirp/tcp/segment.js";
import { openGateway } from "../host-node/gateway/open.js";
import { MadeGuest, send } from "../tests/slirp/guest.js";
import { atExit } from "./cleanup.js";
import { FLOOD } from "./gateway-load.js";

const LOAD = fileURLToPath(new URL("gateway-load.js", import.meta.url));
const ROUTER = "10.0.2.2";
const GUEST = "10.0.2.15";
const GUEST_PORT = 40_000;
/** MSS 1,460 and windows shifted by 7, as Linux has them. */
const OPTIONS = [2, 4, 0x05, 0xb4, 1, 3, 3, 7];
const WARM_MS = 500;
const RUN_MS = 1_500;
/** Where a frame has its TCP header, and that its number and its length of header. */
const TCP_AT = 34;
/** An acknowledgement stands for so much at the most, as where the guest's kernel puts segments together. */
const ACK_OCTETS = 16_384;

/** One connection's sink: acknowledges what comes in order. */
class Sink {
  octets = 0;
  readonly #guest: MadeGuest;
  readonly #gateway: Gateway;
  readonly #port: number;
  #next = 0;
  #owed = 0;
  #isDue = false;

  constructor(gateway: Gateway, port: number) {
    this.#guest = new MadeGuest({ gateway });
    this.#gateway = gateway;
    this.#port = port;
    gateway.onframe = (frame) => this.#take(frame);
  }

  say(flags: number, sequence: number, options: readonly number[] = [], data = new Uint8Array()): void {
    const segment = { sequence, acknowledged: this.#next, flags, window: 0xffff, options, data };
    send({ gateway: this.#gateway }, this.#guest.tcp(GUEST, GUEST_PORT, ROUTER, this.#port, segment));
  }

  #take(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    if (view.getUint16(12) !== 0x0800) return;
    const header = (view.getUint8(TCP_AT + 12) >>> 4) << 2;
    const sequence = view.getUint32(TCP_AT + 4);
    if ((view.getUint8(TCP_AT + 13) & SYN) !== 0) this.#begin(sequence);
    else if (sequence === this.#next) this.#count(frame.length - TCP_AT - header);
  }

  #begin(sequence: number): void {
    this.#next = (sequence + 1) >>> 0;
    setImmediate(() => this.say(ACK, 1, [], Buffer.from(FLOOD)));
  }

  #count(size: number): void {
    this.octets += size;
    this.#next = (this.#next + size) >>> 0;
    this.#owed += size;
    if (this.#owed >= ACK_OCTETS) this.#acknowledge();
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      if (this.#owed > 0) this.#acknowledge();
    });
  }

  #acknowledge(): void {
    this.#owed = 0;
    this.say(ACK, 1 + FLOOD.length);
  }
}

/** Gbit/s from a server through the engine. */
export async function engineRate(): Promise<number> {
  const server = fork(LOAD, ["serve", "0"], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const done = atExit(() => server.kill("SIGKILL"));
  const gateway = await openGateway({ options: { hosts: [parsePrefix(`${ROUTER}/24`)] }, forwards: [] });
  try {
    const [text] = await once(server.stdout!, "data");
    const sink = new Sink(gateway, Number(text));
    sink.say(SYN, 0, OPTIONS);
    await sleep(WARM_MS);
    const [before, startMs] = [sink.octets, performance.now()];
    await sleep(RUN_MS);
    return ((sink.octets - before) * 8) / ((performance.now() - startMs) * 1e6);
  } finally {
    gateway.close();
    server.kill();
    done();
  }
}

if (process.argv[1]?.endsWith("gateway-engine.js")) {
  console.log(`${(await engineRate()).toFixed(2)} Gbit/s`);
  process.exit();
}
