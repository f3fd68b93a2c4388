// Addresses of both families as their octets: four, or sixteen. Read, written, compared.

import { refuse } from "../errors.js";

/** Four octets, or sixteen. */
export type Address = Uint8Array;

/** All addresses that begin with the same bits. */
export interface Prefix {
  readonly address: Address;
  readonly bits: number;
}

export function isV4(address: Address): boolean {
  return address.length === 4;
}

/** Reads an address in numbers. Undefined where it is none. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

/** An address that is known to be one. EINVAL where it is not. */
export function address(text: string): Address {
  return parseAddress(text) ?? refuse("EINVAL", `${text}: an address is wanted, as 10.0.2.2 or fd00::2`);
}

/** Reads ADDRESS[/BITS]. Without bits it is what `bits` says for its family. EINVAL where it is none. */
export function parsePrefix(text: string, bits = { v4: 32, v6: 128 }): Prefix {
  const [, start = text, length] = /^(.*)\/(\d{1,3})$/.exec(text) ?? [];
  const found = address(start);
  const size = length === undefined ? (isV4(found) ? bits.v4 : bits.v6) : Number(length);
  if (size > 8 * found.length) refuse("EINVAL", `${text}: a prefix has at most ${8 * found.length} bits`);
  return { address: found, bits: size };
}

/** A zero in front is refused: some read 010.0.0.1 as 8.0.0.1, and a rule would be about another host than was meant. */
function parseV4(text: string): Address | undefined {
  if (!/^(?!.*\b0\d)\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const octets = text.split(".").map(Number);
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : undefined;
}

function parseV6(text: string): Address | undefined {
  const [, start = text, last] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const v4 = last === undefined ? undefined : parseV4(last);
  if (last !== undefined && v4 === undefined) return undefined;
  const whole = v4 === undefined ? text : start + [hex(v4, 0), hex(v4, 2)].join(":");
  const halves = whole.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 255]),
  );
}

function hex(octets: Uint8Array, at: number): string {
  return ((octets[at]! << 8) | octets[at + 1]!).toString(16);
}

/** As people write it: RFC 5952 for IPv6. */
export function addressText(address: Address): string {
  if (isV4(address)) return address.join(".");
  const groups = Array.from({ length: 8 }, (_, i) => hex(address, 2 * i)).join(":");
  const zeros = [...groups.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)];
  const longest = zeros.reduce<RegExpExecArray | undefined>(
    (a, b) => (a && a[0].length >= b[0].length ? a : b),
    undefined,
  );
  if (longest === undefined) return groups;
  const [before, after] = [groups.slice(0, longest.index), groups.slice(longest.index + longest[0].length)];
  return `${before.replace(/:$/, "")}::${after.replace(/^:/, "")}`;
}

/** A hardware address, or another name of octets: "02:00:00:00:00:01". */
export function macText(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(":");
}

export function parseMac(text: string): Uint8Array {
  return Uint8Array.from(text.split(":"), (octet) => Number.parseInt(octet, 16));
}

export function prefixText({ address, bits }: Prefix): string {
  return `${addressText(address)}/${bits}`;
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

/** Whether an address begins as a prefix does. */
export function isIn(address: Address, prefix: Prefix): boolean {
  if (address.length !== prefix.address.length) return false;
  const whole = prefix.bits >>> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== prefix.address[i]) return false;
  const rest = prefix.bits & 7;
  return rest === 0 || ((address[whole]! ^ prefix.address[whole]!) & (0xff00 >>> rest) & 0xff) === 0;
}

/** The first address of a prefix, plus a number. */
export function nth({ address, bits }: Prefix, number: number): Address {
  const result = address.map((octet, i) => octet & (0xff00 >>> Math.min(8, Math.max(0, bits - 8 * i))) & 0xff);
  return plus(result, number);
}

/** An address so many after another. */
export function plus(address: Address, number: number): Address {
  const result = address.slice();
  let carry = number;
  for (let i = result.length - 1; i >= 0 && carry > 0; i--) {
    carry += result[i]!;
    result[i] = carry & 0xff;
    carry = Math.floor(carry / 256);
  }
  return result;
}

/** The last address of a prefix: of IPv4, its broadcast. */
export function lastOf({ address, bits }: Prefix): Address {
  return address.map((octet, i) => octet | (0xff >>> Math.min(8, Math.max(0, bits - 8 * i))));
}

/** An IPv4 address as a number. */
export function numberOf(address: Address): number {
  return ((address[0]! << 24) | (address[1]! << 16) | (address[2]! << 8) | address[3]!) >>> 0;
}
