// The packets of Wisp, version 1: a type, the stream's number in little-endian, and what the type says.

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
  | { readonly kind: "close"; readonly stream: number };

const CONNECT = 1;
const DATA = 2;
const CONTINUE = 3;
const CLOSE = 4;
const HEADER = 5;
const CONNECT_HEADER = HEADER + 3;
/** RFC 1035 2.3.4. */
const HOST_MAX = 255;

/** Why a stream was closed. */
export const WHY = {
  ended: 0x02,
  failed: 0x03,
  invalid: 0x41,
  unreachable: 0x42,
  timeout: 0x43,
  refused: 0x44,
  blocked: 0x48,
  throttled: 0x49,
  /** By what a socket failed of. */
  of(code: string): number {
    if (code === "ECONNREFUSED") return WHY.refused;
    if (code === "ETIMEDOUT") return WHY.timeout;
    return code === "EHOSTUNREACH" || code === "ENETUNREACH" ? WHY.unreachable : WHY.failed;
  },
} as const;

/** undefined for what is no packet that a client may send. */
export function readPacket(data: Buffer): Packet | undefined {
  if (data.length < HEADER) return undefined;
  const stream = data.readUInt32LE(1);
  if (data[0] === DATA) return { kind: "data", stream, octets: data.subarray(HEADER) };
  if (data[0] === CLOSE) return { kind: "close", stream };
  if (data[0] !== CONNECT || data.length <= CONNECT_HEADER) return undefined;
  const type = data[HEADER];
  const host = data.toString("utf8", CONNECT_HEADER);
  if ((type !== TCP && type !== UDP) || host.length > HOST_MAX) return undefined;
  return { kind: "connect", stream, type, port: data.readUInt16LE(HEADER + 1), host };
}

function packet(type: number, stream: number, size: number): Buffer {
  const octets = Buffer.alloc(HEADER + size);
  octets[0] = type;
  octets.writeUInt32LE(stream, 1);
  return octets;
}

export function dataPacket(stream: number, data: Uint8Array): Buffer {
  const octets = packet(DATA, stream, data.length);
  octets.set(data, HEADER);
  return octets;
}

/** So many packets may come before the next of these. */
export function continuePacket(stream: number, count: number): Buffer {
  const octets = packet(CONTINUE, stream, 4);
  octets.writeUInt32LE(count, HEADER);
  return octets;
}

export function closePacket(stream: number, why: number): Buffer {
  const octets = packet(CLOSE, stream, 1);
  octets[HEADER] = why;
  return octets;
}
