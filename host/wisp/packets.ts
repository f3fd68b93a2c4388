// The packets of Wisp, versions 1 and 2 (github.com/MercuryWorkshop/wisp-protocol), for both ends: a type, the stream's
// number in little-endian, and what the type says. Stream 0 is the connection itself.

import { utf8, utf8Text } from "../utf8.js";
import { type Info, infoOctets, readInfo } from "./info.js";

export const TCP = 1;
export const UDP = 2;

export type Packet =
  | {
      readonly kind: "connect";
      readonly stream: number;
      readonly type: typeof TCP | typeof UDP;
      readonly port: number;
      readonly host: string;
    }
  | { readonly kind: "data"; readonly stream: number; readonly octets: Uint8Array }
  | { readonly kind: "continue"; readonly stream: number; readonly count: number }
  | { readonly kind: "close"; readonly stream: number; readonly why: number }
  | { readonly kind: "info"; readonly stream: number; readonly info: Info };

const CONNECT = 1;
const DATA = 2;
const CONTINUE = 3;
const CLOSE = 4;
const INFO = 5;
const HEADER = 5;
const CONNECT_HEADER = HEADER + 3;
/** RFC 1035 2.3.4. */
const HOST_MAX = 255;

/** Why a stream was closed. */
export const WHY = {
  unknown: 0x01,
  ended: 0x02,
  failed: 0x03,
  incompatible: 0x04,
  invalid: 0x41,
  unreachable: 0x42,
  timeout: 0x43,
  refused: 0x44,
  silent: 0x47,
  blocked: 0x48,
  throttled: 0x49,
  /** By a client that takes no more. */
  overrun: 0x81,
  wrongPassword: 0xc0,
  wrongKey: 0xc1,
  noLogin: 0xc2,
} as const;

/** What a socket failed of, as Wisp says it. */
export function whyOf(code: string): number {
  if (code === "ECONNREFUSED") return WHY.refused;
  if (code === "ETIMEDOUT") return WHY.timeout;
  if (code === "EMFILE" || code === "EAGAIN") return WHY.throttled;
  return code === "EHOSTUNREACH" || code === "ENETUNREACH" ? WHY.unreachable : WHY.failed;
}

const CODES: Readonly<Record<number, string>> = {
  [WHY.invalid]: "EACCES",
  [WHY.unreachable]: "EHOSTUNREACH",
  [WHY.timeout]: "ETIMEDOUT",
  [WHY.refused]: "ECONNREFUSED",
  [WHY.blocked]: "EACCES",
  [WHY.throttled]: "ECONNREFUSED",
};

/** The other way round: the errno that a stream failed of. */
export function codeOf(why: number): string {
  return CODES[why] ?? "ECONNRESET";
}

/** undefined for what is no packet. Its octets are the message's. */
export function readPacket(data: Uint8Array): Packet | undefined {
  if (data.length < HEADER) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const stream = view.getUint32(1, true);
  switch (data[0]) {
    case CONNECT:
      return readConnect(data, view, stream);
    case DATA:
      return { kind: "data", stream, octets: data.subarray(HEADER) };
    case CONTINUE:
      return data.length < HEADER + 4 ? undefined : { kind: "continue", stream, count: view.getUint32(HEADER, true) };
    case CLOSE:
      return { kind: "close", stream, why: data[HEADER] ?? WHY.unknown };
    case INFO: {
      const info = readInfo(data.subarray(HEADER));
      return info && { kind: "info", stream, info };
    }
    default:
      return undefined;
  }
}

function readConnect(data: Uint8Array, view: DataView, stream: number): Packet | undefined {
  if (data.length <= CONNECT_HEADER || data.length > CONNECT_HEADER + HOST_MAX) return undefined;
  const type = data[HEADER];
  const host = utf8Text(data.subarray(CONNECT_HEADER));
  if ((type !== TCP && type !== UDP) || host === undefined) return undefined;
  return { kind: "connect", stream, type, port: view.getUint16(HEADER + 1, true), host };
}

function packet(type: number, stream: number, body: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(HEADER + body.length);
  octets[0] = type;
  octets.set(numberOctets(stream), 1);
  octets.set(body, HEADER);
  return octets;
}

function numberOctets(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}

export function connectPacket(
  stream: number,
  type: typeof TCP | typeof UDP,
  host: string,
  port: number,
): Uint8Array<ArrayBuffer> {
  return packet(CONNECT, stream, [type, port & 255, port >>> 8, ...utf8(host)]);
}

export function dataPacket(stream: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return packet(DATA, stream, data);
}

/** So many more may come: packets for a server that says so, octets for a client; see `info.ts`. */
export function continuePacket(stream: number, count: number): Uint8Array<ArrayBuffer> {
  return packet(CONTINUE, stream, numberOctets(count));
}

export function closePacket(stream: number, why: number): Uint8Array<ArrayBuffer> {
  return packet(CLOSE, stream, [why]);
}

export function infoPacket(info: Info): Uint8Array<ArrayBuffer> {
  return packet(INFO, 0, infoOctets(info));
}
