// What a gateway in a page is made of: the engine, and its way out. Loaded by pages that have one.

import { refuse } from "../../host/errors.js";
import { address, type Prefix, parsePrefix } from "../../host/slirp/address.js";
import type { GatewayBackend } from "../../host/slirp/backend.js";
import { Gateway } from "../../host/slirp/gateway.js";
import { type GatewayOptions, hostOf, settle } from "../../host/slirp/options.js";
import { Policy } from "../../host/slirp/policy.js";
import type { Resolver } from "../../host/slirp/question.js";
import { parseRule } from "../../host/slirp/rule.js";
import { WispBackend } from "../../host/wisp/backend.js";
import { WispClient } from "../../host/wisp/client.js";
import { browserClock } from "../clock.js";
import { random } from "../system.js";
import { dnsOverHttps } from "./doh.js";
import { FetchBackend } from "./fetch-backend.js";
import { FetchPlan } from "./fetch-plan.js";
import type { PageGatewayOptions, WispOptions } from "./open.js";
import { openSocket } from "./socket.js";

const HOSTS = ["10.0.2.2/24"];
const BITS = { v4: 24, v6: 64 };
const DNS_PORT = 53;

/** EINVAL where its options cannot be meant. */
export function makeGateway(options: PageGatewayOptions): Gateway {
  const settled = engineOptions(options);
  const { wisp, fetch, hostLoopback = false } = options;
  if ((wisp === undefined) === (fetch === undefined))
    return refuse("EINVAL", "a gateway wants one way out: wisp: URL, or fetch: true");
  const made =
    wisp === undefined
      ? fetchBackend(new FetchPlan(new Policy(settle(settled)), fetch === true ? {} : fetch!, hostLoopback), options)
      : wispBackend(typeof wisp === "string" ? { url: wisp } : wisp, options);
  const result = new Gateway(settled, made.backend, browserClock);
  result.closers.push(made.close);
  return result;
}

interface Made {
  readonly backend: GatewayBackend;
  readonly close: () => void;
}

function fetchBackend(plan: FetchPlan, { dns }: PageGatewayOptions): Made {
  const resolve = dns === undefined ? undefined : resolverOf(dns);
  if (resolve !== undefined && typeof resolve !== "function")
    return refuse("EINVAL", `${dns}: with fetch a resolver is asked by https://`);
  return { backend: new FetchBackend(plan, resolve), close: () => {} };
}

function wispBackend({ url, login, ontold, onmotd }: WispOptions, { dns }: PageGatewayOptions): Made {
  const at = url.replace(/^wisp(s?):/, "ws$1:");
  if (!/^wss?:/.test(at) || !URL.canParse(at)) refuse("EINVAL", `${url}: wss://HOST/wisp/ is wanted`);
  const resolve = dns === undefined ? undefined : resolverOf(dns);
  const open = (protocols: readonly string[]) => openSocket(at, protocols);
  const client = new WispClient({ open, clock: browserClock, chance: Math.random, login, ontold, onmotd });
  const backend = new WispBackend({ client, random, dns: resolve });
  return { backend, close: () => backend.close() };
}

function resolverOf(dns: string): Resolver | GatewayBackend["resolve"] {
  if (/^https?:/.test(dns) && URL.canParse(dns)) return dnsOverHttps(dns);
  const [, v6, v4, port = DNS_PORT] = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(dns) ?? [];
  const host = v6 ?? v4 ?? dns;
  address(host);
  return { host, port: Number(port) };
}

function engineOptions({ hosts = HOSTS, dhcp, allow, deny = [], ...rest }: PageGatewayOptions): GatewayOptions {
  if (allow?.length === 0)
    refuse("EINVAL", "allow: an empty list would allow everything; leave it out, or say restricted");
  const prefixes: Prefix[] = hosts.map((text) => hostOf(parsePrefix(text, BITS)));
  const has = (width: number) => prefixes.some(({ address }) => address.length === width);
  const { restricted, hostLoopback = false, mtu, hostname, domain, search, limits } = rest;
  return {
    hosts: prefixes,
    dhcp: has(4) ? { start: dhcp === undefined ? undefined : address(dhcp) } : undefined,
    ...(has(16) && { advertise: [], dhcpv6: true, nat64: true }),
    hostLoopback,
    allow: (allow ?? []).map(parseRule),
    deny: deny.map(parseRule),
    hostname,
    domain,
    limits,
    ...(restricted !== undefined && { restricted }),
    ...(mtu !== undefined && { mtu }),
    ...(search !== undefined && { search }),
  };
}
