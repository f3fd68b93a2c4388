// HTTP responses as a guest gets them (RFC 9112): a head, and a body in chunks, or to the end of the connection.

import { fromLatin1 } from "./octets.js";

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly hasBody: boolean;
  readonly isChunked: boolean;
  /** No request is taken after this one. */
  readonly isLast: boolean;
}

/** Where one is not given, as HTTP/2 does not. */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  413: "Content Too Large",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** What is about the connection, or the body's coding, which another has taken off; and what would send guests to HTTPS. */
const DROPPED = new Set([
  ...["connection", "keep-alive", "transfer-encoding", "trailer", "upgrade", "content-encoding", "content-length"],
  ...["alt-svc", "strict-transport-security"],
]);

export function responseHead({
  status,
  reason,
  headers,
  hasBody,
  isChunked,
  isLast,
}: ResponseHead): Uint8Array<ArrayBuffer> {
  const phrase = reason.replace(/[^\x20-\x7e]/g, "?") || (REASONS[status] ?? "Status");
  const lines = [`HTTP/1.1 ${status} ${phrase}`];
  for (const [name, value] of headers) if (!DROPPED.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  if (hasBody && isChunked) lines.push("transfer-encoding: chunked");
  if (isLast) lines.push("connection: close");
  return fromLatin1(`${lines.join("\r\n")}\r\n\r\n`);
}

/** A piece of the body; one without octets ends it. */
export function chunk(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = fromLatin1(`${octets.length.toString(16)}\r\n`);
  const piece = new Uint8Array(size.length + octets.length + 2);
  piece.set(size);
  piece.set(octets, size.length);
  piece.set([0x0d, 0x0a], size.length + octets.length);
  return piece;
}
