// A gateway in a page: guests of its switch get out by Wisp, or by the page's own `fetch`.

import type { Gateway } from "../../host/slirp/gateway.js";
import type { GatewayOptions } from "../../host/slirp/options.js";
import type { Login } from "../../host/wisp/info.js";
import type { FetchOptions } from "./fetch-plan.js";

export interface WispOptions {
  /** wss://HOST/wisp/, of a switch with `--ws` and `--slirp`, or of any server that speaks Wisp. */
  readonly url: string;
  /** For servers that ask who comes. */
  readonly login?: Login;
  /** Hears of each end and each return of the connection. */
  readonly ontold?: (isUp: boolean, reason?: Error) => void;
  /** What the server wants people to read. */
  readonly onmotd?: (text: string) => void;
}

export interface PageGatewayOptions
  extends Pick<GatewayOptions, "restricted" | "hostLoopback" | "mtu" | "hostname" | "domain" | "search" | "limits"> {
  /** The way out: a server of Wisp, by its URL or with more; */
  readonly wisp?: string | WispOptions;
  /** or the page's `fetch`, which takes guests to port 80 alone. */
  readonly fetch?: true | FetchOptions;
  /**
   * Who answers for names: a resolver by HTTPS, as https://dns.example/dns-query; with Wisp also one by its address, ADDRESS or
   * ADDRESS:PORT. Without it a server of ours does, or else the gateway itself: each name then has an address that stands for it.
   */
  readonly dns?: string;
  /** Its own addresses with the networks that it is the way out of; 10.0.2.2/24 where nothing is said. */
  readonly hosts?: readonly string[];
  /** The first address that guests are given. */
  readonly dhcp?: string;
  /** Destinations: PREFIX, or PREFIX:FIRST-LAST with ports. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/**
 * Makes a gateway, to be plugged into a switch: `sw.plug(await gateway({ wisp: "wss://host/wisp/" }))`. EINVAL where its options
 * cannot be meant.
 */
export async function gateway(options: PageGatewayOptions): Promise<Gateway> {
  const { makeGateway } = await import("./gateway.js"); // as large as all the rest, and few pages have one
  return makeGateway(options);
}
