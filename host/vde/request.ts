// What a plug asks of a switch on DIR/ctl, and what it is answered: as octets and as objects. Drawn in
// docs/protocols/vde-control.md. Integers are in the order of the machine, and every machine that runs this has the
// low octet first.

import { printable } from "../console/text.js";
import { refuse, type SwitchError } from "../errors.js";
import { utf8, utf8Text } from "../utf8.js";

/** A sockaddr_un of Linux: two octets of family, 108 of path. It is the whole of the switch's answer, too. */
export const ADDRESS_SIZE = 110;
/** A request without its description. Version 1 is the longer one: it has an Ethernet address that nobody reads. */
export const REQUEST_V3_SIZE = 122;
export const REQUEST_V1_SIZE = 124;

const MAGIC = 0xfeedface;
const VERSION = 3;
const ANY_PORT = 0;
const PORT_ZERO = 1;
/** The largest that a request has room for. How many ports there are is the switch's to say. */
export const REQUEST_PORT_MAX = 0x7f_ffff;
const AF_UNIX = 1;
const PATH_AT = 2;
/** A mark at the end of an address, where a path leaves it free. */
interface Mark {
  readonly text: string;
  readonly at: number;
}
/** Frames shall have heads, and they will. */
const ASKS: Mark = { text: "vnet-hd?", at: ADDRESS_SIZE - 8 };
const AGREES: Mark = { text: "vnet-hd!", at: ADDRESS_SIZE - 8 };
/** A refusal shall be answered with its reason. */
const ASKS_REASON: Mark = { text: "why-not?", at: ADDRESS_SIZE - 16 };
/** A port that is taken if it is free, for who asks for any: four octets after the text. */
const WISHES: Mark = { text: "wish", at: ADDRESS_SIZE - 24 };
/** What a refusal begins with, in the place of a family that no address has; then an errno and the octets of a text. */
const REFUSAL = 0xffff;
const REFUSAL_TEXT_AT = 6;
const REFUSAL_TEXT_MAX = 1_024;

export interface PlugRequest {
  /** The port that is asked for, or undefined for any. */
  readonly port: number | undefined;
  /** Where the plug's own datagram socket is: a sockaddr_un as it came. */
  readonly address: Uint8Array;
  /** What the plug says it is, in UTF-8, as far as its first zero. */
  readonly description: Uint8Array;
  /** Whether it asks that every frame have a virtio_net_hdr before it, and may leave work to be done. */
  readonly heads?: boolean;
  /** The port that it would like where it asks for any. */
  readonly wish?: number | undefined;
  /** Whether it wants to hear why where it is refused. */
  readonly wantsReason?: boolean;
}

/** What it is answered. */
export interface PlugReply {
  /** The switch's socket: a sockaddr_un. */
  readonly address: Uint8Array;
  /** Whether every frame has a head, in both directions. */
  readonly heads: boolean;
}

/**
 * Reads a request from all that has come so far: undefined while it is too short to be one. Nothing on the wire tells
 * where a description ends: it is what has come with the rest. EPROTO as soon as it can be no request.
 */
export function readRequest(octets: Uint8Array): PlugRequest | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  if (octets.length < 4) return undefined;
  if (view.getUint32(0, true) !== MAGIC) refuse("EPROTO", "not a plug's request");
  if (octets.length < 8) return undefined;
  const version = view.getUint32(4, true);
  if (version === ANY_PORT || version === PORT_ZERO) return readVersion1(octets, version);
  if (version !== VERSION) refuse("EPROTO", `a request of version ${version}, and there are 1 and 3`);
  return octets.length < 12 ? undefined : readVersion3(octets, view.getInt32(8, true));
}

function readVersion3(octets: Uint8Array, type: number): PlugRequest | undefined {
  const port = portOf(type);
  if (octets.length < REQUEST_V3_SIZE) return undefined;
  const address = readAddress(octets, 12);
  const description = beforeZero(octets.subarray(REQUEST_V3_SIZE));
  const asks = { heads: isMarked(address, ASKS), wantsReason: isMarked(address, ASKS_REASON), wish: wishIn(address) };
  return { port, address, description, ...asks };
}

/** Version 1 has its type where others have their version, and asks for any port or for port 0. */
function readVersion1(octets: Uint8Array, type: number): PlugRequest | undefined {
  if (octets.length < REQUEST_V1_SIZE) return undefined;
  const address = readAddress(octets, REQUEST_V1_SIZE - ADDRESS_SIZE);
  return { port: portOf(type), address, description: beforeZero(octets.subarray(REQUEST_V1_SIZE)) };
}

/** The low octet of a type says what is asked for, the rest is a port with a sign. A negative one is port 0. */
function portOf(type: number): number | undefined {
  if ((type & 0xff) === PORT_ZERO) return 0;
  if ((type & 0xff) !== ANY_PORT) refuse("EPROTO", `a request of type ${type & 0xff}, and there are 0 and 1`);
  return type === 0 ? undefined : Math.max(0, type >> 8);
}

function readAddress(octets: Uint8Array, at: number): Uint8Array {
  const address = Uint8Array.from(octets.subarray(at, at + ADDRESS_SIZE));
  if (address[0] !== AF_UNIX || address[1] !== 0) refuse("EPROTO", "the address of a plug is a Unix socket's");
  return address;
}

/** A request of version 3, which every VDE switch since 2.0 takes. */
export function writeRequest(request: PlugRequest): Uint8Array {
  const { port, address, description, heads = false, wantsReason = false, wish } = request;
  const octets = new Uint8Array(REQUEST_V3_SIZE + description.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, port === 0 ? PORT_ZERO : (port ?? 0) << 8, true);
  const asking = wantsReason ? marked(address, ASKS_REASON) : address;
  const wishing = wish === undefined ? asking : withWish(asking, wish);
  octets.set(heads ? marked(wishing, ASKS) : wishing, 12);
  octets.set(description, REQUEST_V3_SIZE);
  return octets;
}

/** Reads an answer from all that has come so far; undefined while it is too short. ECONNREFUSED where it is a refusal. */
export function readReply(octets: Uint8Array): PlugReply | undefined {
  if (octets.length < REFUSAL_TEXT_AT) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  if (view.getUint16(0, true) === REFUSAL) return readRefusal(octets, view.getUint16(4, true));
  if (octets.length < ADDRESS_SIZE) return undefined;
  const address = readAddress(octets, 0);
  return { address, heads: isMarked(address, AGREES) };
}

/** The answer: the switch's socket, and whether it agrees to heads. It must only where its address has room to say so. */
export function writeReply({ address, heads }: PlugReply): Uint8Array {
  return heads ? marked(address, AGREES) : address;
}

/** The answer to a plug that is refused, and asked to hear why. */
export function writeRefusal({ errno, message }: Pick<SwitchError, "errno" | "message">): Uint8Array {
  const text = utf8(message.slice(0, REFUSAL_TEXT_MAX / 4));
  const octets = new Uint8Array(REFUSAL_TEXT_AT + text.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, REFUSAL, true);
  view.setUint16(2, errno, true);
  view.setUint16(4, text.length, true);
  octets.set(text, REFUSAL_TEXT_AT);
  return octets;
}

function readRefusal(octets: Uint8Array, size: number): undefined {
  if (size > REFUSAL_TEXT_MAX) refuse("EPROTO", "the switch's refusal is too long");
  if (octets.length < REFUSAL_TEXT_AT + size) return undefined;
  const text = utf8Text(octets.subarray(REFUSAL_TEXT_AT, REFUSAL_TEXT_AT + size)) ?? "";
  return refuse("ECONNREFUSED", `the switch says: ${printable(text)}`);
}

/** Whether an address has room for the mark of heads. */
export function hasRoomForMark(address: Uint8Array): boolean {
  return hasRoomFor(address, AGREES);
}

/** A file whose name, with its zero, ends before the mark: the kernel reads no further. */
function hasRoomFor(address: Uint8Array, { at }: Mark): boolean {
  const { kind, path } = readName(address);
  return kind === "file" && PATH_AT + path.length < at;
}

function isMarked(address: Uint8Array, mark: Mark): boolean {
  const { text, at } = mark;
  return hasRoomFor(address, mark) && String.fromCharCode(...address.subarray(at, at + text.length)) === text;
}

function wishIn(address: Uint8Array): number | undefined {
  return isMarked(address, WISHES) ? viewOf(address).getUint32(WISHES.at + WISHES.text.length, true) : undefined;
}

function withWish(address: Uint8Array, wish: number): Uint8Array {
  const octets = marked(address, WISHES);
  if (octets !== address) viewOf(octets).setUint32(WISHES.at + WISHES.text.length, wish, true);
  return octets;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

function marked(address: Uint8Array, mark: Mark): Uint8Array {
  if (!hasRoomFor(address, mark)) return address;
  const octets = Uint8Array.from(address);
  octets.set(utf8(mark.text), mark.at);
  return octets;
}

/** What a sockaddr_un names: a file, a name outside the file system, or nothing. Only a file has a path. */
export function readName(address: Uint8Array): { kind: "file" | "abstract" | "unnamed"; path: Uint8Array } {
  const octets = address.subarray(PATH_AT, ADDRESS_SIZE);
  const path = beforeZero(octets);
  if (path.length > 0) return { kind: "file", path };
  return { kind: octets.some((octet) => octet !== 0) ? "abstract" : "unnamed", path };
}

function beforeZero(octets: Uint8Array): Uint8Array {
  const end = octets.indexOf(0);
  return Uint8Array.from(octets.subarray(0, end < 0 ? octets.length : end));
}
