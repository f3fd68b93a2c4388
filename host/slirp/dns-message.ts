// DNS messages (RFC 1035) as far as a forwarder reads them: the question, and the records of the answer, which may be
// anything. No name in an answer is followed.

export const TYPE_A = 1;
export const TYPE_AAAA = 28;
const TYPE_OPT = 41;
const HEADER = 12;
const POINTER = 0xc0;
const RECORDS_MAX = 256;

export interface Record {
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: Uint8Array;
  /** Where its `ttl` is in the message. */
  readonly ttlAt: number;
}

export interface Message {
  readonly isAnswer: boolean;
  /** Cut, for want of room in a datagram. */
  readonly isCut: boolean;
  readonly code: number;
  readonly type: number;
  /** What was asked, in the form that makes equal questions equal. */
  readonly question: string;
  /** The same, with what the asker says of itself: what an answer is kept by. */
  readonly key: string;
  /** Where the question ends. */
  readonly end: number;
  /** The name that is asked for, as people write it. */
  name(): string;
  records(): Record[];
}

/** Reads a message with one question. Undefined where it is no such thing. */
export function readMessage(octets: Uint8Array): Message | undefined {
  if (octets.length < HEADER + 5 || u16(octets, 4) !== 1) return undefined;
  const name = afterName(octets, HEADER);
  if (name === undefined || name + 4 > octets.length) return undefined;
  const end = name + 4;
  const wantsChecks = (octets[3]! & 0x10) !== 0;
  const text = String.fromCharCode(...octets.subarray(HEADER, end)).toLowerCase();
  return {
    isAnswer: octets[2]! >>> 7 === 1,
    isCut: (octets[2]! & 2) !== 0,
    code: octets[3]! & 15,
    type: u16(octets, name),
    question: text,
    key: `${text}${wantsChecks ? "+" : "-"}${hasOptions(octets, end) ? "+" : "-"}`,
    end,
    name: () => nameAt(octets, HEADER),
    records: () => recordsOf(octets, end),
  };
}

/** An answer to a question that takes longer answers has a record that others do not know. */
function hasOptions(octets: Uint8Array, end: number): boolean {
  return u16(octets, 10) > 0 && end < octets.length;
}

/** The answer's records that are whole; those that are about the message itself left out. */
function recordsOf(octets: Uint8Array, start: number): Record[] {
  const found: Record[] = [];
  let at = start;
  for (let left = Math.min(u16(octets, 6), RECORDS_MAX); left > 0; left--) {
    const after = afterName(octets, at);
    if (after === undefined || after + 10 > octets.length) break;
    const size = u16(octets, after + 8);
    const data = after + 10;
    if (data + size > octets.length) break;
    const type = u16(octets, after);
    const ttl = u16(octets, after + 4) * 65_536 + u16(octets, after + 6);
    if (type !== TYPE_OPT) found.push({ type, ttl, data: octets.subarray(data, data + size), ttlAt: after + 4 });
    at = data + size;
  }
  return found;
}

/** Where a name ends. Undefined where it does not. */
function afterName(octets: Uint8Array, start: number): number | undefined {
  for (let at = start; at < octets.length; ) {
    const size = octets[at]!;
    if (size === 0) return at + 1;
    if ((size & POINTER) === POINTER) return at + 2 <= octets.length ? at + 2 : undefined;
    if ((size & POINTER) !== 0) return undefined;
    at += size + 1;
  }
  return undefined;
}

/** A name whose end is known to be there, without pointers. */
function nameAt(octets: Uint8Array, start: number): string {
  const labels: string[] = [];
  for (let at = start; (octets[at]! & POINTER) === 0 && octets[at] !== 0; at += octets[at]! + 1)
    labels.push(String.fromCharCode(...octets.subarray(at + 1, at + 1 + octets[at]!)));
  return labels.join(".");
}

/** The same question for records of another type. */
export function withType(query: Uint8Array, type: number): Uint8Array {
  const copy = query.slice();
  const name = afterName(query, HEADER)!;
  copy.set([type >>> 8, type & 255], name);
  return copy;
}

/** An answer that was kept for so many seconds. */
export function withAge(answer: Uint8Array, seconds: number): Uint8Array {
  const copy = answer.slice();
  const view = new DataView(copy.buffer);
  for (const { ttl, ttlAt } of readMessage(answer)?.records() ?? []) view.setUint32(ttlAt, Math.max(0, ttl - seconds));
  return copy;
}

/** An answer of addresses of the type that is asked for, made here. */
export function withAddresses(
  query: Uint8Array,
  addresses: readonly { readonly ttl: number; readonly address: Uint8Array }[],
): Uint8Array {
  const end = afterName(query, HEADER)! + 4;
  const few = addresses.slice(0, 16); // 448 octets at most, which fit in every datagram
  const size = 12 + (few[0]?.address.length ?? 0);
  const answer = new Uint8Array(end + size * few.length);
  const view = new DataView(answer.buffer);
  answer.set(query.subarray(0, end));
  view.setUint16(2, 0x8180 | (u16(query, 2) & 0x0110)); // an answer, recursive, without an error
  view.setUint16(6, few.length);
  view.setUint32(8, 0);
  for (const [i, { ttl, address }] of few.entries()) {
    const at = end + size * i;
    view.setUint16(at, 0xc000 | HEADER);
    view.setUint16(at + 2, address.length === 4 ? TYPE_A : TYPE_AAAA);
    view.setUint16(at + 4, 1);
    view.setUint32(at + 6, Math.min(ttl, 600));
    view.setUint16(at + 10, address.length);
    answer.set(address, at + 12);
  }
  return answer;
}

function u16(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}
