// The client's end of a Wisp connection: one WebSocket with many streams. Version 2 where the server has it, else 1. When it
// is cut off all streams are lost, and it is opened again.

import { SwitchError } from "../errors.js";
import type { Clock } from "../link.js";
import { isFinal, Retry } from "../retry.js";
import type { MessageSocket, OpenSocket } from "../websocket/link.js";
import { clientInfo, demandOf, EXTENSION, type Info, type Login, textOf, VERSION_2 } from "./info.js";
import { infoPacket, type Packet, readPacket, WHY } from "./packets.js";

export interface WispClientOptions {
  readonly open: OpenSocket;
  readonly clock: Clock;
  /** A number from 0 to 1, by chance. */
  readonly chance: () => number;
  readonly login?: Login | undefined;
  /** Hears of each end and each return, and why it will not come back where it will not. */
  readonly ontold?: ((isUp: boolean, reason?: Error) => void) | undefined;
  /** What the server wants people to read. */
  readonly onmotd?: ((text: string) => void) | undefined;
}

/** A stream as the connection knows it. */
export interface Member {
  /** The connection is up: it may open. */
  begin(stream: number): void;
  hear(packet: Packet): void;
  /** It holds up all others. */
  giveUp(): void;
  /** There may be room again. */
  flush(): void;
  /** The connection is gone. */
  lose(): void;
}

/** How much a stream may get before it is granted more. */
export const WINDOW = 1 << 18;
const HANDSHAKE_MS = 10_000;
/** What may wait in the WebSocket. A page does not hear when less does, and looks. */
const SENDING_MAX = 1 << 18;
const LOOK_MS = 10;
/** What streams may hold together, where the WebSocket can be paused; and for how long one may hold up the others. */
const HOLDING_MAX = 1 << 22;
const STALL_MS = 15_000;
const IDS = 2 ** 32;

export class WispClient {
  readonly clock: Clock;
  /** Packets that a new stream may send. */
  credit = 0;
  /** What the server says of itself: nothing in version 1. */
  info: Info | undefined;
  readonly #options: WispClientOptions;
  readonly #retry: Retry;
  readonly #streams = new Map<number, Member>();
  readonly #waiting = new Set<Member>();
  readonly #holders = new Map<Member, number>();
  #socket: MessageSocket | undefined;
  #state: "opening" | "up" | "down" | "closed" = "opening";
  /** Whether version 2 is asked for: a server that knows nothing of it may refuse the connection. */
  #asks = true;
  #lastId = 0;
  #holding = 0;
  #isPaused = false;
  #isLooking = false;
  #failure: Error | undefined;
  #callOff: () => void = () => {};
  #forgive: () => void = () => {};

  constructor(options: WispClientOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.#retry = new Retry(options);
    this.#open();
  }

  /** Whether both ends have an extension. */
  has(extension: number): boolean {
    return this.info?.extensions.has(extension) === true;
  }

  /** Whether streams can be, now or soon. */
  get isThere(): boolean {
    return this.#state === "up" || this.#state === "opening";
  }

  /** Whether it is known that the server takes no datagrams. */
  get lacksDatagrams(): boolean {
    return this.info !== undefined && !this.has(EXTENSION.datagrams);
  }

  /** Opens a stream as soon as that can be. False where it cannot. */
  add(member: Member): boolean {
    if (!this.isThere) return false;
    this.#waiting.add(member);
    if (this.#state === "up") void Promise.resolve().then(() => this.#begin());
    return true;
  }

  remove(member: Member, stream: number): void {
    this.#waiting.delete(member);
    if (this.#streams.get(stream) === member) this.#streams.delete(stream);
  }

  send(packet: Uint8Array<ArrayBuffer>): void {
    if (this.#state === "up") this.#socket?.send(packet);
  }

  /** Whether data may be sent now. Where not, members are told when they should look again. */
  hasRoom(): boolean {
    const isFull = (this.#socket?.bufferedAmount ?? 0) > SENDING_MAX;
    if (isFull && !this.#isLooking) {
      this.#isLooking = true;
      this.clock.after(LOOK_MS, () => {
        this.#isLooking = false;
        for (const member of [...this.#streams.values()]) member.flush();
      });
    }
    return !isFull;
  }

  /** So much more, or less, waits for a guest. False where the server cannot be made to wait, other than by its grants. */
  hold(member: Member, change: number): boolean {
    this.#holding += change;
    const size = (this.#holders.get(member) ?? 0) + change;
    if (size > 0) this.#holders.set(member, size);
    else this.#holders.delete(member);
    const isFull = this.#holding > (this.#isPaused ? HOLDING_MAX / 2 : HOLDING_MAX);
    const socket = this.#socket;
    if (socket?.pause === undefined || socket.resume === undefined) return false;
    if (isFull === this.#isPaused) return true;
    this.#isPaused = isFull;
    this.#forgive();
    if (isFull) {
      socket.pause();
      this.#watchStall();
    } else socket.resume();
    return true;
  }

  #watchStall(): void {
    this.#forgive = this.clock.after(STALL_MS, () => {
      this.#watchStall(); // until it goes on
      const [most] = [...this.#holders].sort(([, a], [, b]) => b - a);
      most?.[0].giveUp();
    });
  }

  close(): void {
    this.#end("closed");
    this.#retry.stop();
  }

  #open(): void {
    this.#state = "opening";
    this.info = undefined;
    this.#isPaused = false;
    const socket = this.#options.open(this.#asks ? [VERSION_2] : []);
    let wasOpen = false;
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#callOff = this.clock.after(HANDSHAKE_MS, () => socket.close());
    const isOurs = () => this.#socket === socket;
    socket.addEventListener("error", () => {}); // "close" comes after it
    socket.addEventListener("open", () => {
      wasOpen = true;
    });
    socket.addEventListener("message", ({ data }) => isOurs() && this.#hear(data));
    socket.addEventListener("close", ({ reason }) => isOurs() && this.#lose(wasOpen, reason));
  }

  #hear(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return; // text is not for us
    const packet = readPacket(new Uint8Array(data));
    if (packet === undefined) this.#cut(new SwitchError("EPROTO", "the Wisp server sends what is no packet"));
    else if (packet.stream !== 0) this.#streams.get(packet.stream)?.hear(packet);
    else if (packet.kind === "close") this.#cut(refusal(packet.why));
    else if (packet.kind === "info" && this.#state === "opening") this.#meet(packet.info);
    else if (packet.kind === "continue" && this.#state === "opening") this.#up(packet.count);
  }

  /** Version 2: who the server is, and who we are. */
  #meet(info: Info): void {
    const { login, onmotd } = this.#options;
    const demand = demandOf(info);
    if (demand === "key" || (demand === "password" && login === undefined)) {
      this.#cut(refusal(demand === "key" ? WHY.wrongKey : WHY.noLogin));
      return;
    }
    const own = clientInfo(info, WINDOW, login);
    this.info = { ...info, extensions: new Map([...info.extensions].filter(([id]) => own.extensions.has(id))) };
    this.#socket?.send(infoPacket(own));
    const motd = textOf(info, EXTENSION.motd);
    if (motd !== "") onmotd?.(motd);
  }

  #up(credit: number): void {
    this.#callOff();
    this.#state = "up";
    this.credit = credit;
    this.#retry.up();
    this.#begin();
    this.#options.ontold?.(true);
  }

  #begin(): void {
    for (const member of this.#waiting) {
      if (this.#state !== "up") return;
      this.#waiting.delete(member);
      const stream = this.#freeId();
      this.#streams.set(stream, member);
      member.begin(stream);
    }
  }

  #freeId(): number {
    do this.#lastId = (this.#lastId + 1) % IDS;
    while (this.#lastId === 0 || this.#streams.has(this.#lastId));
    return this.#lastId;
  }

  #cut(failure: Error): void {
    this.#failure = failure;
    this.#socket?.close();
    this.#lose(true, "");
  }

  #lose(wasOpen: boolean, text: string): void {
    const wasUp = this.#state === "up";
    const reason = this.#failure ?? new SwitchError("EIO", text || "the WebSocket to the Wisp server was cut off");
    this.#failure = undefined;
    if (wasUp) this.#retry.down();
    this.#callOff();
    if (!wasOpen && this.#asks) {
      this.#asks = false; // it may be that it refuses who asks
      this.#open();
      return;
    }
    const isOver = isFinal(reason);
    this.#end(isOver ? "closed" : "down");
    if (wasUp || isOver) this.#options.ontold?.(false, reason);
    this.#asks = true;
    if (!isOver) this.#retry.again(() => this.#state === "down" && this.#open());
  }

  #end(state: "down" | "closed"): void {
    this.#callOff();
    this.#forgive();
    this.#state = state;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    const lost = [...this.#streams.values(), ...this.#waiting];
    this.#streams.clear();
    this.#waiting.clear();
    for (const member of lost) member.lose();
  }
}

/** Why a server does not let us in, or goes. */
function refusal(why: number): Error {
  if (why === WHY.wrongPassword) return new SwitchError("EACCES", "the Wisp server knows no such user and password");
  if (why === WHY.noLogin) return new SwitchError("EACCES", "the Wisp server wants a user and a password");
  if (why === WHY.wrongKey) return new SwitchError("EACCES", "the Wisp server lets in by keys alone");
  if (why === WHY.incompatible) return new SwitchError("EPROTO", "the Wisp server cannot do with this client");
  return new SwitchError("EIO", "the Wisp server closed the connection");
}
