// The first octet of VDE's own datagrams.

export const DATA = 0x20;
export const LOGIN = 0x41;
export const CHALLENGE = 0x42;
export const RESPONSE = 0x44;
export const AUTH_OK = 0x48;
export const DENY = 0x4a;
export const KEEPALIVE = 0x4f;

/** A login names a file of keys. Here it names nothing: there is one key, and no file is looked for. */
export const ID_SIZE = 16;
export const DENIAL = Buffer.from("Access Denied.\0");

export function message(type: number, body: Uint8Array = new Uint8Array()): Uint8Array {
  return Buffer.concat([Uint8Array.of(type), body]);
}
