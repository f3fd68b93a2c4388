// IP addresses between text and octets, as the C library reads and writes them: inet_pton(3), inet_ntop(3).

import { bind, cString } from "./libc.js";
import { AF_INET, AF_INET6 } from "./socket.js";

const TEXT_SIZE = 46; // INET6_ADDRSTRLEN

const cToOctets = bind<[number, Uint8Array, Uint8Array]>("int inet_pton(int family, void *text, void *octets)");
const cToText = bind<[number, Uint8Array, Uint8Array, number]>(
  "int64_t inet_ntop(int family, void *octets, void *text, uint32_t size)",
);

/** The four or sixteen octets of an address, or undefined where it is none. */
export function addressOctets(text: string): Uint8Array | undefined {
  const octets = new Uint8Array(text.includes(":") ? 16 : 4);
  const isAddress = !text.includes("\0") && cToOctets(familyOf(octets), cString(text), octets) === 1;
  return isAddress ? octets : undefined;
}

/** An address of four or sixteen octets as text: "1.2.3.4", "2001:db8::1". */
export function addressText(octets: Uint8Array): string {
  const text = new Uint8Array(TEXT_SIZE);
  cToText(familyOf(octets), Uint8Array.from(octets), text, text.length);
  return new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
}

function familyOf({ length }: Uint8Array): number {
  return length === 4 ? AF_INET : AF_INET6;
}
