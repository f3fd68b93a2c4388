// What the two ends of a Wisp connection say of themselves from version 2 on: the extensions that they know. Those that both
// know are used.
//
// GRANTS is our own. A page cannot stop reading its WebSocket, so that Wisp alone lets a fast world fill the memory of one
// with a slow guest. Where both have it, the server sends no more data of a TCP stream than the client has granted: octets
// at first by the client's INFO, and then by CONTINUE, which adds to them. A packet without data ends a direction, as FIN does.

import { utf8, utf8Text } from "../utf8.js";

/** The subprotocol of a WebSocket whose client waits for INFO. */
export const VERSION_2 = "wisp-v2";

/** Extensions by their numbers, and what they say. */
export interface Info {
  readonly major: number;
  readonly minor: number;
  readonly extensions: ReadonlyMap<number, Uint8Array>;
}

export const EXTENSION = {
  datagrams: 0x01,
  password: 0x02,
  key: 0x03,
  motd: 0x04,
  /** CONTINUE says that a stream is open. */
  confirmation: 0x05,
  grants: 0xe7,
} as const;

const NONE = new Uint8Array();
const EXTENSION_HEADER = 5;
/** Of one that is asked for and well-formed. */
const EXTENSIONS_MAX = 64;

/** undefined for what is cut. */
export function readInfo(octets: Uint8Array): Info | undefined {
  if (octets.length < 2) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const extensions = new Map<number, Uint8Array>();
  for (let at = 2; at < octets.length; ) {
    if (at + EXTENSION_HEADER > octets.length || extensions.size === EXTENSIONS_MAX) return undefined;
    const end = at + EXTENSION_HEADER + view.getUint32(at + 1, true);
    if (end > octets.length) return undefined;
    extensions.set(octets[at]!, octets.slice(at + EXTENSION_HEADER, end));
    at = end;
  }
  return { major: octets[0]!, minor: octets[1]!, extensions };
}

export function infoOctets({ major, minor, extensions }: Info): Uint8Array {
  const parts = [...extensions].map(([id, { length }]) => [id, length & 255, length >>> 8, 0, 0]);
  const bodies = [...extensions.values()];
  return Uint8Array.from([major, minor, ...parts.flatMap((part, i) => [...part, ...bodies[i]!])]);
}

/** What a server offers. */
export function serverInfo(resolver: string): Info {
  return {
    major: 2,
    minor: 0,
    extensions: new Map([
      [EXTENSION.datagrams, NONE],
      [EXTENSION.confirmation, NONE],
      [EXTENSION.grants, utf8(resolver)],
    ]),
  };
}

/** Who a client is to a server that asks. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What a client answers. `window` is how much it takes of a stream before it grants more. */
export function clientInfo(server: Info, window: number, login: Login | undefined): Info {
  const own: [number, Uint8Array][] = [
    [EXTENSION.datagrams, NONE],
    [EXTENSION.motd, NONE],
    [EXTENSION.confirmation, NONE],
    [EXTENSION.grants, Uint8Array.of(window & 255, (window >>> 8) & 255, (window >>> 16) & 255, window >>> 24)],
  ];
  if (login !== undefined) own.push([EXTENSION.password, loginOctets(login)]);
  return { major: 2, minor: 0, extensions: new Map(own.filter(([id]) => server.extensions.has(id))) };
}

function loginOctets({ user, password }: Login): Uint8Array {
  const [name, word] = [utf8(user).subarray(0, 255), utf8(password).subarray(0, 0xffff)];
  return Uint8Array.of(name.length, word.length & 255, word.length >>> 8, ...name, ...word);
}

/** Which way to come in a server insists on, if on any. */
export function demandOf({ extensions }: Info): "password" | "key" | undefined {
  if (extensions.get(EXTENSION.password)?.[0] === 1) return "password";
  return extensions.get(EXTENSION.key)?.[0] === 1 ? "key" : undefined;
}

/** A text of an extension; empty where there is none. */
export function textOf({ extensions }: Info, id: number): string {
  return utf8Text(extensions.get(id) ?? NONE) ?? "";
}

/** How much a client takes at first; undefined where it has no such limit. */
export function windowOf({ extensions }: Info): number | undefined {
  const octets = extensions.get(EXTENSION.grants);
  if (octets === undefined || octets.length < 4) return undefined;
  return new DataView(octets.buffer, octets.byteOffset).getUint32(0, true);
}
