// Who may come in: tokens that an operator wrote into a file, and tokens that a program signs, for one room and until a
// time. They come in the query of a URL, since a page's WebSocket can carry them nowhere else.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { refuse } from "../../../host/errors.js";

/** Who comes with a token. */
export interface Holder {
  /** Tells one token from another. */
  readonly name: string;
  /** When the token's time is over, in milliseconds since 1970; absent for one that stays good. */
  readonly untilMs?: number;
}

/** A room by its name; "" is the switch itself, without a room. */
export interface Tokens {
  /** undefined where the token does not open the room. */
  holder(token: string, room: string, nowMs: number): Holder | undefined;
}

interface Written {
  readonly digest: Buffer;
  /** Where it is absent, every room. */
  readonly room?: string;
}

/** What cannot be guessed in a lifetime has more. */
const TOKEN_MIN = 16;
const SECRET_MIN = 32;
const SIGNED = /^(\d{1,12})\.([\w-]{43})$/;

function sign(secret: string, room: string, expiresS: number): Buffer {
  return createHmac("sha256", secret).update(`${room}.${expiresS}`).digest();
}

/** A token for a room until a time, in seconds since 1970. */
export function signToken(secret: string, room: string, expiresS: number): string {
  return `${expiresS}.${sign(secret, room, expiresS).toString("base64url")}`;
}

/**
 * Reads a file of tokens: on each line `token TOKEN [ROOM]`, or `secret SECRET`, which signed tokens are made with. Blank
 * lines and those with # say nothing. EINVAL, with the line, where one is none.
 */
export function readTokens(text: string): Tokens {
  const key = randomBytes(32); // digests are compared, so that the time it takes says nothing of a token
  const digest = (token: string) => createHmac("sha256", key).update(token).digest();
  const written: Written[] = [];
  const secrets: string[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const [kind, value = "", room, ...more] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (kind === "") continue;
    const wants = (what: string) => refuse("EINVAL", `line ${i + 1}: ${what}`);
    if (more.length > 0) wants("token TOKEN [ROOM] or secret SECRET is wanted");
    else if (kind === "token" && value.length < TOKEN_MIN) wants(`a token has ${TOKEN_MIN} characters or more`);
    else if (kind === "token") written.push({ digest: digest(value), ...(room !== undefined && { room }) });
    else if (kind !== "secret" || room !== undefined) wants("token TOKEN [ROOM] or secret SECRET is wanted");
    else if (value.length < SECRET_MIN) wants(`a secret has ${SECRET_MIN} characters or more`);
    else secrets.push(value);
  }
  if (written.length + secrets.length === 0) refuse("EINVAL", "there is no token in it, so nobody could come in");
  return {
    holder(token, room, nowMs) {
      const given = digest(token);
      let found: Holder | undefined;
      for (const [i, one] of written.entries()) {
        const isIt = timingSafeEqual(one.digest, given);
        if (isIt && (one.room === undefined || one.room === room)) found ??= { name: `token ${i + 1}` };
      }
      return found ?? signedHolder(secrets, token, room, nowMs);
    },
  };
}

function signedHolder(secrets: readonly string[], token: string, room: string, nowMs: number): Holder | undefined {
  const [, expires = "", signature = ""] = SIGNED.exec(token) ?? [];
  if (expires === "") return undefined;
  const given = Buffer.from(signature, "base64url");
  const isSigned = secrets.some((secret) => timingSafeEqual(sign(secret, room, Number(expires)), given));
  const untilMs = Number(expires) * 1000;
  return isSigned && nowMs < untilMs ? { name: `signed ${signature}`, untilMs } : undefined;
}
