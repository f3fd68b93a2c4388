// A meeting place for browsers that want to speak to each other by WebRTC: it carries their few messages, and none of
// their frames. `ws://HOST/signal?room=NAME`, subprotocol etherloom-signal.1; each message is a JSON object with `from`,
// the name that its sender gave itself, and `to`, or to all in the room without.

import { type WebSocket, WebSocketServer } from "ws";
import { Bucket } from "../../../host/bucket.js";
import { sessions } from "../../resources/process.js";
import { guard } from "../guard.js";
import type { Log } from "../sparing-log.js";
import type { UpgradeHandler } from "./options.js";
import { unknown } from "./peer.js";
import { Pool } from "./pool.js";

export const SIGNAL_PROTOCOL = "etherloom-signal.1";

/** A description of a session is a few KiB. */
const MESSAGE_MAX = 1 << 16;
const RATE = 1 << 16;
const BURST = 1 << 19;
/** A message is charged for this much at the least: it is passed on to many. */
const MESSAGE_MIN = 512;
const ROOMS_MAX = 1024;
const MEMBERS_MAX = 64;
const ALL_MAX = 2048;
const NAME_MAX = 64;
const PING_MS = 30_000;
const POLICY = 1008;
const TRY_LATER = 1013;
const GOING_AWAY = 1001;

class Member {
  readonly room: Map<string, Member>;
  readonly bucket = new Bucket(RATE, BURST, performance.now());
  readonly ws: WebSocket;
  readonly #pool: Pool;
  /** The name that it gave itself with its first message. */
  name = "";
  isHeard = true;

  constructor(ws: WebSocket, room: Map<string, Member>, pool: Pool) {
    this.ws = ws;
    this.room = room;
    this.#pool = pool;
  }

  /** Who does not read what others send is let go. */
  send(octets: Buffer): void {
    if (this.ws.bufferedAmount > this.#pool.share) {
      this.ws.terminate();
      return;
    }
    this.#pool.used += octets.length;
    this.ws.send(octets, { binary: false }, () => {
      this.#pool.used -= octets.length;
    });
  }
}

/** Who is in which room. */
class MeetingPlace {
  readonly #rooms = new Map<string, Map<string, Member>>();
  readonly #members = new Set<Member>();
  readonly #pool = new Pool();
  readonly #timer = setInterval(() => this.#lookForSilent(), PING_MS).unref();

  enter(ws: WebSocket, name: string, log: Log): void {
    const room = this.#rooms.get(name) ?? new Map<string, Member>();
    ws.on("error", () => {}); // "close" comes after it
    const full = this.#refusal(name, room);
    if (full !== undefined) ws.close(TRY_LATER, full);
    else this.#admit(ws, name, room, log);
  }

  #refusal(name: string, room: ReadonlyMap<string, Member>): string | undefined {
    if (this.#rooms.size >= ROOMS_MAX && !this.#rooms.has(name)) return "there are too many rooms";
    if (room.size >= MEMBERS_MAX) return `${MEMBERS_MAX} are in this room`;
    return this.#members.size >= ALL_MAX ? `${ALL_MAX} are here` : undefined;
  }

  #admit(ws: WebSocket, name: string, room: Map<string, Member>, log: Log): void {
    this.#rooms.set(name, room);
    const member = new Member(ws, room, this.#pool);
    this.#members.add(member);
    ws.on("pong", () => {
      member.isHeard = true;
    });
    ws.on("message", (data: Buffer, isBinary) => {
      guard(ws, log, () => {
        const fault = isBinary ? "messages are text" : hear(member, data);
        if (fault !== undefined) ws.close(POLICY, fault);
      });
    });
    ws.on("close", () => this.#leave(name, member));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { ws } of this.#members) {
      ws.close(GOING_AWAY);
      ws.terminate();
    }
  }

  #leave(name: string, member: Member): void {
    this.#members.delete(member);
    if (member.room.get(member.name) === member) member.room.delete(member.name);
    if (![...this.#members].some(({ room }) => room === member.room)) this.#rooms.delete(name);
  }

  #lookForSilent(): void {
    for (const member of this.#members) {
      if (!member.isHeard) member.ws.terminate();
      member.isHeard = false;
      member.ws.ping();
    }
  }
}

/** Passes a message on. Returns what is wrong with it, or nothing. */
function hear(member: Member, data: Buffer): string | undefined {
  member.isHeard = true;
  if (!member.bucket.take(Math.max(MESSAGE_MIN, data.length), performance.now())) return "too many messages";
  const { from, to } = parsed(data.toString());
  if (typeof from !== "string" || from === "" || from.length > NAME_MAX) return "a message has a name in `from`";
  if (member.name === "" && member.room.has(from)) return "somebody has that name";
  if (member.name !== "" && member.name !== from) return "a member has one name";
  member.name = from;
  member.room.set(from, member);
  const others = typeof to === "string" ? [member.room.get(to)] : [...member.room.values()];
  for (const other of others) if (other !== undefined && other !== member) other.send(data);
  return undefined;
}

function parsed(text: string): { readonly from?: unknown; readonly to?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}

/** What a WebSocket server has at `/signal`. */
export function signalling(): UpgradeHandler {
  const place = new MeetingPlace();
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_MAX,
    handleProtocols: (protocols) => protocols.has(SIGNAL_PROTOCOL) && SIGNAL_PROTOCOL,
  });
  const handle: UpgradeHandler = (request, socket, head, { site, log } = unknown(request)) => {
    const lease = sessions.take("signal", site);
    socket.once("close", () => lease.release());
    const room = new URL(request.url ?? "/", "ws://host").searchParams.get("room") ?? "";
    upgrades.handleUpgrade(request, socket, head, (ws) =>
      guard(ws, log, () => place.enter(ws, room.slice(0, NAME_MAX), log)),
    );
  };
  return Object.assign(handle, { close: () => place.close() });
}
