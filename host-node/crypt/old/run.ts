// --compat: which of the old formats is meant, and a warning of what it does not protect.

import { lookup } from "node:dns/promises";
import { refuse } from "../../../host/errors.js";
import { loadLegacyCiphers } from "../../native/legacy.js";
import { readSecret } from "../secrets.js";
import { BLOWFISH_FILE, BlowfishFormat, CHACHA_FILE, ChaChaFormat, type OldFormat, PlainFormat } from "./formats.js";

/** The format of a file of keys, or without one none at all. */
export function oldFormat(preshared: string | undefined): OldFormat {
  if (preshared === undefined) return new PlainFormat();
  const file = readSecret(preshared, (size) =>
    size === BLOWFISH_FILE || size === CHACHA_FILE
      ? undefined
      : `VDE's keys have ${CHACHA_FILE} octets for ChaCha20 or ${BLOWFISH_FILE} for Blowfish, and this one ${size}`,
  );
  if (file.length === CHACHA_FILE) return new ChaChaFormat(file);
  if (!loadLegacyCiphers()) refuse("ENOSYS", "this Node has an OpenSSL without Blowfish");
  return new BlowfishFormat(file);
}

/** The address of a server of the old kind, which knows IPv4 alone. */
export async function oldAddress(host: string): Promise<string> {
  return (await lookup(host, { family: 4 })).address;
}
