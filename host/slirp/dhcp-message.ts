// DHCP's messages, RFC 2131 and 2132, and the BOOTP in them.

import { type Address, addressText, isV4, lastOf } from "./address.js";
import type { Settings } from "./options.js";

export const TYPE = { discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6, release: 7, inform: 8 } as const;

const REQUEST = 1;
const REPLY = 2;
const VENDOR = 236;
const OPTIONS = 240;
const COOKIE = 0x6382_5363;
/** What BOOTP had, which some clients hold to. */
const SIZE_MIN = 300;
const SIZE_MAX = 548;
const NAME_MAX = 63;

export class DhcpMessage {
  readonly octets: Uint8Array;
  readonly #options: ReadonlyMap<number, Uint8Array>;

  private constructor(octets: Uint8Array, options: ReadonlyMap<number, Uint8Array>) {
    this.octets = octets;
    this.#options = options;
  }

  /** Reads a client's message, from an Ethernet. Undefined where it is none. BOOTP had no options at first (RFC 951). */
  static read(octets: Uint8Array): DhcpMessage | undefined {
    if (octets.length < VENDOR || octets[0] !== REQUEST || octets[1] !== 1 || octets[2] !== 6) return undefined;
    const hasOptions = octets.length >= OPTIONS && new DataView(octets.buffer).getUint32(VENDOR) === COOKIE;
    return new DhcpMessage(octets, hasOptions ? readOptions(octets) : new Map());
  }

  /** What kind it is; undefined for BOOTP. */
  get type(): number | undefined {
    return this.#options.get(53)?.[0];
  }

  /** What the client says that its hardware address is. */
  get mac(): Uint8Array {
    return this.octets.subarray(28, 34);
  }

  /** Whether somebody else has passed it on. */
  get isRelayed(): boolean {
    return this.octets.subarray(24, 28).some((octet) => octet !== 0);
  }

  get wantsBroadcast(): boolean {
    return (this.octets[10]! & 0x80) !== 0;
  }

  /** The address that the client has, where it has one. */
  get clientAddress(): Address | undefined {
    const address = this.octets.slice(12, 16);
    return address.some((octet) => octet !== 0) ? address : undefined;
  }

  address(option: number): Address | undefined {
    const value = this.#options.get(option);
    return value?.length === 4 ? value : undefined;
  }

  /** Text of an option, as far as it can be printed. */
  text(option: number): string {
    const value = this.#options.get(option) ?? new Uint8Array();
    return String.fromCharCode(...value.subarray(0, NAME_MAX)).replace(/[^\x21-\x7e]/g, "?");
  }
}

function readOptions(octets: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (let at = OPTIONS; at < octets.length && octets[at] !== 255; ) {
    if (octets[at] === 0) at++;
    else {
      const end = at + 2 + (octets[at + 1] ?? 255);
      if (end > octets.length) break;
      options.set(octets[at]!, octets.slice(at + 2, end));
      at = end;
    }
  }
  return options;
}

/** What a client is given. */
export interface Given {
  readonly type: number | undefined;
  readonly address: Address;
  readonly leaseS: number | undefined;
  readonly settings: Settings;
}

export function reply(message: DhcpMessage, given: Given): Uint8Array {
  const { type, address, settings } = given;
  const host = settings.host4!.address;
  const octets = new Uint8Array(SIZE_MAX);
  const isNo = type === TYPE.nak;
  octets.set([REPLY, 1, 6, 0]);
  octets.set(message.octets.subarray(4, 8), 4); // its number
  octets.set(message.octets.subarray(10, 16), 10); // flags, and the address that the client has
  octets.set(address, 16);
  octets.set(host, 20);
  octets.set(message.octets.subarray(28, 44), 28);
  if (settings.bootfile !== undefined && !isNo) octets.set(latin1(settings.bootfile).subarray(0, 127), 108);
  new DataView(octets.buffer).setUint32(VENDOR, COOKIE);
  const options = isNo
    ? [[54, host] as const, [56, latin1("requested address not available")] as const]
    : optionsOf(given);
  const end = writeOptions(octets, type === undefined ? options : [[53, Uint8Array.of(type)], ...options]);
  return octets.slice(0, Math.max(SIZE_MIN, end));
}

type Option = readonly [code: number, value: Uint8Array];

function optionsOf({ leaseS, settings }: Given): Option[] {
  const { host4, dns4, hostname, domain, search = [], bootfile, tftpServerName } = settings;
  const mtu = Math.min(settings.mtu, settings.mru);
  const host = host4!.address;
  const mask = lastOf({ address: new Uint8Array(4), bits: host4!.bits }).map((octet) => ~octet & 255);
  const options: (Option | undefined)[] = [
    [54, host],
    [1, mask],
    [3, host],
    dns4 && isV4(dns4) ? [6, dns4] : undefined,
    leaseS === undefined ? undefined : [51, u32(leaseS)],
    leaseS === undefined ? undefined : [58, u32(leaseS / 2)],
    leaseS === undefined ? undefined : [59, u32((7 * leaseS) / 8)],
    [26, Uint8Array.of(mtu >>> 8, mtu & 255)],
    [28, lastOf(host4!)],
    hostname === undefined ? undefined : [12, latin1(hostname)],
    domain === undefined ? undefined : [15, latin1(domain)],
    bootfile === undefined ? undefined : [66, latin1(tftpServerName ?? addressText(host))],
    bootfile === undefined ? undefined : [67, latin1(bootfile)],
    search.length === 0 ? undefined : [119, names(search)],
  ];
  return options.filter((option) => option !== undefined);
}

/** Writes options as far as there is room. Returns where they end. */
function writeOptions(octets: Uint8Array, options: readonly Option[]): number {
  let at = OPTIONS;
  for (const [code, value] of options) {
    if (value.length > 255 || at + value.length + 3 > octets.length) continue;
    octets.set([code, value.length, ...value], at);
    at += 2 + value.length;
  }
  octets[at] = 255;
  return at + 1;
}

/** Domains as DNS has them on the wire (RFC 3397). */
export function names(domains: readonly string[]): Uint8Array {
  const labels = domains.map((domain) => [...domain.split(".").filter((label) => label !== ""), ""]);
  return Uint8Array.from(
    labels.flat().flatMap((label) => [Math.min(63, label.length), ...latin1(label).subarray(0, 63)]),
  );
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
