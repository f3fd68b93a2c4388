// Where keys come from: a file that both ends have, or a server's memory.

import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { refuse } from "../../host/errors.js";
import { requirePrivate } from "../private-file.js";
import { reason } from "../reason.js";
import type { ServerKeys } from "./initiator.js";
import { hmac, KEY_SIZE, type KeyPair, keyPair } from "./primitives.js";

/** What a server lets its clients in by. */
export interface ServerSecrets {
  readonly own: KeyPair;
  readonly pskOf: (clientKey: Uint8Array) => Uint8Array;
}

const SECRET_MIN = 32;
const SECRET_MAX = 65_536;
const LABEL_SERVER = Buffer.from("Etherloom cable server key");
const LABEL_SHARED = Buffer.from("Etherloom cable shared key");
const LABEL_CLIENT = Buffer.from("Etherloom cable client key");

/** The octets of a secret's file. Throws where there are too few, and where others may read them. */
export function readSecret(path: string, sizes: (size: number) => string | undefined = tooShort): Uint8Array {
  const fd = openFile(path);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) refuse("EINVAL", `${path} is no regular file`);
    requirePrivate(stat, path);
    const octets = Buffer.alloc(SECRET_MAX + 1);
    const size = readSync(fd, octets);
    const fault = size > SECRET_MAX ? `it has more than ${SECRET_MAX} octets` : sizes(size);
    if (fault !== undefined) refuse("EINVAL", `${path}: ${fault}`);
    return octets.subarray(0, size);
  } finally {
    closeSync(fd);
  }
}

function tooShort(size: number): string | undefined {
  if (size >= SECRET_MIN) return undefined;
  return `a secret has ${SECRET_MIN} octets or more, and this one ${size}: head -c 32 /dev/urandom > FILE makes one`;
}

function openFile(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refuse("ENOENT", `pre-shared key ${reason(error, path)}`);
  }
}

/** What a server makes of a secret. */
export function serverOf(secret: Uint8Array): ServerSecrets {
  const psk = hmac(secret, LABEL_SHARED);
  return { own: keyPair(hmac(secret, LABEL_SERVER)), pskOf: () => psk };
}

/** What a client makes of it. */
export function clientOf(secret: Uint8Array): ServerKeys {
  const { own, pskOf } = serverOf(secret);
  return { publicKey: own.publicKey, psk: pskOf(own.publicKey) };
}

/**
 * Secrets that live as long as the process. A client's is computed from its key, so that nothing is kept for those who were
 * handed theirs over.
 */
export function freshSecrets(): ServerSecrets {
  const master = randomBytes(KEY_SIZE);
  return { own: keyPair(), pskOf: (clientKey) => hmac(master, LABEL_CLIENT, clientKey) };
}
