// Who is let in, before a WebSocket is: by path, by page, by number, by token. Whoever is not is told why, in HTTP.

import { refuse } from "../../../host/errors.js";
import { Guesses } from "./guesses.js";
import { readOrigin, refusal } from "./origin.js";
import type { Holder, Tokens } from "./tokens.js";

/** What is known of who asks. */
export interface Request {
  readonly url: string;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Where it came from. */
  readonly address: string;
}

export interface AdmissionOptions {
  readonly path: string;
  readonly origins: readonly string[];
  readonly tokens: Tokens | undefined;
  readonly hasRoom: (name: string) => boolean;
  readonly handlers: readonly string[];
}

/** Where a request leads, and who comes with it. */
export interface Admitted {
  readonly room?: string;
  readonly handler?: string;
  readonly holder: Holder;
}

/** A request that is turned away. */
export class Refusal extends Error {
  readonly status: number;
  readonly retryS: number | undefined;

  constructor(status: number, message: string, retryS?: number) {
    super(message);
    this.status = status;
    this.retryS = retryS;
  }
}

const ROOM = /^\/?room\/([^/]+)$/;
/** Whose path is not one of ours: another handler of the same server may want it. */
const NOT_FOUND = 404;
const URL_MAX = 2_048;

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #guesses = new Guesses();

  constructor(options: AdmissionOptions) {
    const origins = options.origins.map(
      (text) => readOrigin(text) ?? refuse("EINVAL", `${text}: an origin is as http://host:8080, or "null", or *`),
    );
    if (!options.path.startsWith("/")) refuse("EINVAL", `${options.path}: a path begins with /`);
    this.#options = { ...options, origins };
  }

  /** Lets a request in. Throws a Refusal. Which rooms there are is for who has a token. */
  admit(request: Request): Admitted {
    const { origin, host, address } = request;
    const { target, token } = this.#read(request.url);
    const why = refusal({ origin, host }, this.#options.origins);
    if (why !== undefined) throw new Refusal(403, why);
    const holder = this.#holder(target, token, address);
    const { room } = target as { room?: string };
    if (room !== undefined && !this.#options.hasRoom(room)) throw new Refusal(NOT_FOUND, `there is no room ${room}`);
    return { ...target, holder };
  }

  #read(url: string): { target: { room: string } | { handler: string }; token: string | null } {
    if (url.length > URL_MAX || !URL.canParse(url, "ws://host")) throw new Refusal(NOT_FOUND, "no such path");
    const { pathname, searchParams } = new URL(url, "ws://host");
    return { target: this.#target(pathname), token: searchParams.get("token") };
  }

  #target(pathname: string): { room: string } | { handler: string } {
    const { path, handlers } = this.#options;
    const base = path.replace(/\/$/, "");
    if (pathname !== base && !pathname.startsWith(`${base}/`)) throw new Refusal(NOT_FOUND, "no such path");
    const rest = pathname.slice(base.length).replace(/\/$/, "");
    if (handlers.includes(rest)) return { handler: rest };
    const room = rest === "" ? "" : ROOM.exec(rest)?.[1];
    if (room === undefined)
      throw new Refusal(NOT_FOUND, `no such path: ${base}/ is the switch, ${base}/room/NAME a room`);
    return { room };
  }

  /**
   * Who comes with a token. A right one always opens: many come from one address, all users of this machine say, and one that
   * guesses must not shut out the others.
   */
  #holder(target: { room?: string; handler?: string }, token: string | null, address: string): Holder {
    const { tokens } = this.#options;
    if (tokens === undefined) return { name: "" };
    const holder = tokens.holder(token ?? "", target.room ?? target.handler ?? "", Date.now());
    if (holder !== undefined) return holder;
    const waitMs = token === null ? 0 : this.#guesses.count(address, performance.now());
    if (waitMs > 0) throw new Refusal(429, "too many wrong tokens from this address", Math.ceil(waitMs / 1000));
    throw new Refusal(401, token === null ? "a token is wanted: ?token=TOKEN" : "this token does not open this room");
  }
}
