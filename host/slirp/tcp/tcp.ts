// TCP, RFC 9293, as far as one who stands in the middle needs it: guests' connections end here, and each has a stream to
// the outside. Urgent data are data like any other (RFC 6093).

import type { Address } from "../address.js";
import type { Stream, StreamTarget } from "../backend.js";
import type { Packet } from "../packet.js";
import { reasonOf } from "../reasons.js";
import type { Protocol, Stack, Timed } from "../stack.js";
import { type Ends, Flow } from "./flow.js";
import { Flows } from "./flows.js";
import { countHeld } from "./held.js";
import { reject } from "./reject.js";
import { ACK, FIN, RST, Segment, SYN } from "./segment.js";
import { KEEPALIVE_MS, runTimers } from "./timers.js";
import { wayTo } from "./way.js";

const CONNECT_MS = 60_000;
const WAITING_MS = 2_000;

export class Tcp implements Protocol, Timed {
  /** What is led elsewhere than where it seems to go: by address and port, as the guest has them. */
  readonly redirects = new Map<string, StreamTarget>();
  readonly #stack: Stack;
  readonly #segment = new Segment();
  readonly #flows: Flows;
  readonly #dirty = new Set<Flow>();

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#flows = new Flows(stack.settings.limits, stack.backend.random(), () => stack.guests.visiting.flows);
    this.#flows.onevict = (flow) => this.#remove(flow);
  }

  list(): readonly Flow[] {
    return this.#flows.list();
  }

  input(packet: Packet): void {
    const segment = this.#segment;
    if (!segment.read(packet)) {
      this.#stack.drop("a header that is cut or wrong");
      return;
    }
    const flow = this.#flows.find(packet);
    if (flow === undefined) this.#unknown(packet);
    else if (flow.state === "waiting" && segment.has(SYN)) {
      this.#remove(flow); // the same ports again, sooner than we wait for
      this.#unknown(packet);
    } else this.#known(flow, packet);
  }

  #unknown(packet: Packet): void {
    const segment = this.#segment;
    if (segment.has(RST)) return;
    if (segment.has(SYN) && !segment.has(ACK)) this.#open(packet);
    else this.#reject(packet);
  }

  #open(packet: Packet): void {
    const { errors, clock } = this.#stack;
    const far = packet.destination();
    if (packet.neighbour === undefined || this.#stack.settings.isGroup(far)) {
      this.#stack.drop("not for the gateway");
      return;
    }
    const open = wayTo(this.#stack, this.redirects, far, packet.port);
    if (open === undefined) {
      this.#stack.drop("forbidden");
      this.#reject(packet);
      return;
    }
    const ends = { guest: packet.source(), guestPort: packet.sourcePort, far, farPort: packet.port };
    const flow = new Flow(this.#stack, ends, "connecting", packet.neighbour);
    if (!this.#flows.add(flow)) {
      this.#stack.drop("a limit was reached");
      this.#reject(packet);
      return;
    }
    flow.meet(this.#segment);
    flow.complaint = errors.complaint(packet);
    this.#wait(flow, clock.now() + CONNECT_MS);
    this.#attach(flow, open(flow.owner.name));
  }

  /** A connection from outside to a guest. It is reset where it cannot be. */
  forward(stream: Stream, guest: Address, guestPort: number, far: Address): void {
    const flow = this.#makeForward(guest, guestPort, far);
    if (flow === undefined) {
      stream.destroy();
      return;
    }
    this.#attach(flow, stream);
    flow.pause(true);
    flow.shake(this.#stack.clock.now());
    this.#stack.due(flow.dueMs);
  }

  #makeForward(guest: Address, guestPort: number, far: Address): Flow | undefined {
    const { backend, neighbours } = this.#stack;
    const farPort = this.#flows.freePort({ guest, guestPort, far }, backend.random());
    if (farPort === undefined) return undefined;
    const ends = { guest, guestPort, far, farPort };
    const flow = new Flow(this.#stack, ends, "syn-sent", neighbours.find(guest));
    return this.#flows.add(flow) ? flow : undefined;
  }

  #attach(flow: Flow, stream: Stream): void {
    flow.stream = stream;
    stream.onconnect = () => {
      if (flow.state !== "connecting") return;
      flow.state = "syn-received";
      flow.complaint = undefined;
      flow.shake(this.#stack.clock.now());
      this.#stack.due(flow.dueMs);
    };
    stream.ondata = (octets) => {
      if (flow.state === "closed" || flow.sender.isEnding) return;
      flow.sender.buffer.push(octets);
      if (flow.sender.isFull || flow.owner.isTight) flow.pause(true);
      this.#output(flow);
      this.#count(flow);
    };
    stream.onend = () => {
      flow.sender.isEnding = true;
      this.#output(flow);
    };
    stream.onerror = (code) => this.#fail(flow, code);
    stream.ondrain = () => {
      this.#count(flow);
      if (flow.state === "open" && flow.receiver.wouldOpen(stream.queued, flow.sender.mss)) flow.acknowledge();
    };
  }

  #fail(flow: Flow, code: string): void {
    if (flow.state === "closed") return;
    const reason = reasonOf(code);
    if (flow.complaint !== undefined && reason !== undefined) this.#stack.errors.complain(flow.complaint, reason);
    else if (flow.state !== "waiting") flow.reset();
    this.#remove(flow);
  }

  #known(flow: Flow, packet: Packet): void {
    const segment = this.#segment;
    flow.heardMs = this.#stack.clock.now();
    flow.probes = 0;
    flow.neighbour ??= packet.neighbour;
    if (flow.state === "connecting") {
      if (segment.has(RST)) this.#remove(flow);
    } else if (flow.state === "syn-sent") this.#answered(flow, packet);
    else if (segment.has(RST)) this.#isReset(flow);
    else if (segment.has(SYN)) this.#again(flow);
    else if (!segment.has(ACK)) return;
    else if (flow.state !== "syn-received") this.#take(flow, packet);
    else if (flow.ackPlace(segment.acknowledged) !== 0) this.#reject(packet);
    else {
      this.#established(flow);
      this.#take(flow, packet);
    }
  }

  /** RFC 5961: only the very next number resets; another that could be meant is asked about. */
  #isReset(flow: Flow): void {
    const place = flow.place(this.#segment.sequence);
    if (place === flow.receiver.next) this.#remove(flow);
    else if (place > flow.receiver.next && place < flow.receiver.edge) this.#owe(flow);
  }

  /** A SYN that was lost on its way back, or one that cannot be. */
  #again(flow: Flow): void {
    if (flow.state === "syn-received") flow.sendSyn();
    else this.#owe(flow);
  }

  /** A guest says that a segment did not arrive: nobody is there, or it was too long. */
  refused(ends: Ends, sequence: number, mtu: number | undefined): void {
    const flow = this.#flows.get(ends);
    if (flow?.isRefused(sequence, mtu)) this.#fail(flow, "");
  }

  /** What a guest says to a forward. */
  #answered(flow: Flow, packet: Packet): void {
    const segment = this.#segment;
    const isOurs = segment.has(ACK) && flow.ackPlace(segment.acknowledged) === 0;
    if (segment.has(ACK) && !isOurs) {
      this.#reject(packet);
      return;
    }
    if (isOurs && segment.has(RST)) this.#remove(flow);
    if (!isOurs || !segment.has(SYN) || segment.has(RST)) return;
    flow.meet(segment);
    this.#established(flow);
    flow.pause(false);
    this.#owe(flow);
    this.#output(flow);
  }

  #established(flow: Flow): void {
    flow.state = "open";
    this.#wait(flow, this.#stack.clock.now() + KEEPALIVE_MS);
  }

  #take(flow: Flow, { memory }: Packet): void {
    const segment = this.#segment;
    const { sender, receiver } = flow;
    const place = flow.place(segment.sequence);
    const acked = flow.ackPlace(segment.acknowledged);
    const isBeyond = place > receiver.edge || (place === receiver.edge && segment.size > 0);
    if (isBeyond || acked > sender.nxt) {
      this.#owe(flow);
      return;
    }
    if (acked >= sender.una) flow.hear(segment, flow.heardMs);
    if (segment.size > 0 && flow.owner.isTight)
      this.#stack.drop("a limit was reached"); // as if it were lost
    else if (segment.size > 0 || segment.has(FIN)) {
      const gained = receiver.take(place, memory.octets, segment.at, segment.size, segment.has(FIN));
      if (gained) this.#owe(flow);
      else flow.acknowledge(); // at once, since it says what is missing
    } else if (place < receiver.next) this.#owe(flow); // it asks whether we are there
    if (flow.isPaused && sender.isRoomy && !flow.owner.isTight) flow.pause(false);
    this.#touch(flow);
  }

  readonly #count = (flow: Flow): void => countHeld(flow, this.#stack.guests, this.#flows);

  #owe(flow: Flow): void {
    flow.owesAck = true;
    this.#touch(flow);
  }

  #touch(flow: Flow): void {
    this.#dirty.add(flow);
    this.#stack.soon();
  }

  /** What has come together is handed on together, and acknowledged once. */
  flush(): void {
    for (const flow of this.#dirty) {
      flow.pass();
      this.#output(flow);
      this.#count(flow);
      if (flow.owesAck && flow.state !== "closed") flow.acknowledge();
      if (flow.state === "open" && flow.receiver.isEnded && flow.sender.isDone) this.#linger(flow);
    }
    this.#dirty.clear();
  }

  #output(flow: Flow): void {
    if (flow.state !== "open") return;
    this.#stack.due(flow.sender.output(this.#stack.clock.now()));
  }

  /** Both have ended. What the guest's last word needs is kept for a while, and what has not left yet. */
  #linger(flow: Flow): void {
    flow.state = "waiting";
    this.#flows.linger(flow);
    this.#wait(flow, this.#stack.clock.now() + WAITING_MS);
  }

  #wait(flow: Flow, untilMs: number): void {
    flow.dueMs = untilMs;
    this.#stack.due(untilMs);
  }

  #remove(flow: Flow): void {
    if (flow.state === "closed") return;
    const hasLeft = flow.state === "waiting" && flow.stream?.queued === 0;
    flow.state = "closed";
    this.#flows.remove(flow);
    this.#dirty.delete(flow);
    flow.sender.buffer.clear();
    this.#count(flow);
    if (!hasLeft) flow.stream?.destroy();
  }

  tick(nowMs: number): number {
    const acts = {
      output: (flow: Flow) => this.#output(flow),
      fail: (flow: Flow, code: string) => this.#fail(flow, code),
      remove: (flow: Flow) => this.#remove(flow),
    };
    return Math.min(...this.#flows.list().map((flow) => runTimers(flow, nowMs, acts)));
  }

  #reject(packet: Packet): void {
    reject(this.#stack, this.#segment, packet);
  }

  close(): void {
    for (const flow of this.#flows.list()) this.#remove(flow);
  }
}
