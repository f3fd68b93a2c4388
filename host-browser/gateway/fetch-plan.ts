// What becomes of a guest's request: the URL that the page fetches for it, and how; or why it does not.

import type { Fault, Head } from "../../host/http/request.js";
import { valuesOf } from "../../host/http/request.js";
import { parseAddress } from "../../host/slirp/address.js";
import type { Policy } from "../../host/slirp/policy.js";

export interface FetchOptions {
  /** Asks servers by https:// for what guests ask by http://. A page of https:// can do nothing else, and does it by default. */
  readonly https?: boolean;
  /** Another URL to fetch in place of this one: that of a proxy which allows CORS. */
  readonly via?: (url: string) => string;
}

export interface Asking {
  readonly url: string;
  readonly init: RequestInit;
}

/** A request that goes no further. */
export class UnfitRequest extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.text);
    this.fault = fault;
  }
}

/** Bodies of requests that wait to be whole: of one, and of all guests together. */
const BODY_MAX = 1 << 25;
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
/** About the connection, or the guest's own; a browser says the same for itself, and would ask servers whether it may say this. */
const DROPPED =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|user-agent|accept-encoding|accept-charset|cookie2?|date|dnt|origin|referer|via|upgrade-insecure-requests|access-control-.*|proxy-.*|sec-.*)$/;
const FORBIDDEN_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);
const HOST = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d{1,5})?$/i;

export class FetchPlan {
  readonly #policy: Policy;
  readonly #options: FetchOptions;
  readonly #mayReachThis: boolean;
  #reserved = 0;

  /** With `mayReachThis` names that mean this machine may be asked for. */
  constructor(policy: Policy, options: FetchOptions, mayReachThis: boolean) {
    this.#policy = policy;
    this.#options = options;
    this.#mayReachThis = mayReachThis;
  }

  /** Whether there is room for so much more of bodies; gives it back where it is less than none. */
  reserve(octets: number): boolean {
    if (this.#reserved + octets > BODY_MAX) return false;
    this.#reserved += octets;
    return true;
  }

  /** Throws an UnfitRequest. */
  ask(head: Head, meant: string, body: readonly Uint8Array[]): Asking {
    const { method, target } = head;
    if (FORBIDDEN_METHODS.has(method.toUpperCase())) unfit(501, `A page cannot send ${method}.`);
    const [, asked, path = ""] = /^(?:http:\/\/([^/?#]*))?(\/[^#]*)$/.exec(target) ?? [];
    if (path === "") unfit(400, `${target}: a path is wanted, as /index.html.`);
    const { https = globalThis.location?.protocol === "https:", via = String } = this.#options;
    const scheme = https ? "https" : "http";
    const host = this.#hostOf(asked ?? valuesOf(head, "host")[0] ?? meant, PORTS[scheme]!);
    const hasBody = body.length > 0 && method !== "GET" && method !== "HEAD";
    return {
      url: via(`${scheme}://${host}${path}`),
      init: {
        method,
        headers: headersOf(head),
        ...(hasBody && { body: new Blob(body as Uint8Array<ArrayBuffer>[]) }),
        cache: "no-store",
        credentials: "omit", // the guest is not the page's user
        referrerPolicy: "no-referrer",
        redirect: "follow",
      },
    };
  }

  /** Throws an UnfitRequest where a redirection led to a host that guests may not reach. Its answer is not for them. */
  judge(url: string, from: string): void {
    const { host, origin, port, protocol } = new URL(url);
    if (origin !== new URL(from).origin) this.#hostOf(host, Number(port) || PORTS[protocol.replace(":", "")]!);
  }

  /**
   * The host of the URL. An address is judged as any that guests connect to, by the port that the browser really goes to; what a
   * name means the browser alone knows.
   */
  #hostOf(given: string, port: number): string {
    const [, name = ""] = HOST.exec(given) ?? [];
    if (!URL.canParse(`http://${name}`)) return unfit(400, `${given}: this is no host.`);
    const { hostname } = new URL(`http://${name}`); // 0x7f.1 is 127.0.0.1 here
    const address = parseAddress(hostname.replace(/^\[|\]$/g, ""));
    const isThis = /(?:^|\.)localhost\.?$/.test(hostname);
    const target = address && this.#policy.target(address, port);
    if ((isThis && !this.#mayReachThis) || (address !== undefined && target === undefined))
      return unfit(403, `${hostname}: guests may not go there.`);
    if (target === undefined) return hostname;
    return target.family === 4 ? target.host : `[${target.host}]`;
  }
}

function headersOf(head: Head): Headers {
  const own = new Set(valuesOf(head, "connection"));
  const headers = new Headers();
  try {
    for (const [name, value] of head.headers) if (!DROPPED.test(name) && !own.has(name)) headers.append(name, value);
  } catch {
    unfit(400, "A header of the request is none.");
  }
  return headers;
}

function unfit(status: number, text: string): never {
  throw new UnfitRequest({ status, text });
}
