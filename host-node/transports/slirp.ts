// A gateway by its URL, with the keys of libvdeplug_slirp: "slirp:///v4/tcpfwd=2222:10.0.2.15:22". A slash in a value stands
// in quotes, or as %2f.

import type { Link } from "../../host/link.js";
import { address, addressText, type Prefix, parsePrefix, prefixText } from "../../host/slirp/address.js";
import { type Forward, forwardText, parseExecution, parseInward, parseRedirect } from "../../host/slirp/forward.js";
import { LIMIT_LIST, limitOf, type SomeLimits } from "../../host/slirp/limits.js";
import { type GatewayOptions, hostOf, settle } from "../../host/slirp/options.js";
import { Policy } from "../../host/slirp/policy.js";
import { parseRule, ruleText } from "../../host/slirp/rule.js";
import { type Keys, type Parameters, readParameters, splitWords, wholeNumber } from "../../host/vde/parameters.js";
import { isHostAddress } from "../gateway/host-addresses.js";
import { type GatewayPlan, openGateway } from "../gateway/open.js";
import type { PlugOptions } from "./open.js";

/** A key may be cut short: the first that begins so is meant. */
const OWN_KEYS = {
  restricted: "flag",
  v4: "flag",
  v6: "flag",
  host: "value",
  addr: "value",
  host6: "value",
  addr6: "value",
  hostname: "value",
  tftp_server_name: "value",
  tftp_path: "value",
  bootfile: "value",
  dhcp: "optional",
  vnameserver: "value",
  vnameserver6: "value",
  vdnssearch: "list",
  vdomainname: "value",
  mtu: "value",
  mru: "value",
  disable_host_loopback: "flag",
  tcpfwd: "list",
  udpfwd: "list",
  unixfwd: "list",
  cmdfwd: "list",
  allow: "list",
  deny: "list",
  verbose: "flag",
} as const satisfies Keys;
const LIMIT_KEYS: Keys = Object.fromEntries(LIMIT_LIST.map(([, { name }]) => [name, "value"]));
const KEYS: typeof OWN_KEYS = { ...OWN_KEYS, ...LIMIT_KEYS };
type Given = Parameters<typeof OWN_KEYS>;

const HOST4 = "10.0.2.2/24";
const HOST6 = "fd00::2/64";
const BITS = { v4: 24, v6: 64 };

export async function openSlirp(rest: string, { warn = () => {} }: Pick<PlugOptions, "warn">): Promise<Link> {
  const { isVerbose, ...plan } = planOf(rest);
  if (isVerbose) for (const line of table(plan)) warn(line);
  return await openGateway(plan);
}

/** Where a gateway of that URL lets its guests go. */
export function policyOf(rest: string): Policy {
  return new Policy(settle(planOf(rest).options), isHostAddress);
}

/** How much of it they may take. */
export function limitsFor(rest: string): SomeLimits {
  return planOf(rest).options.limits ?? {};
}

/** What a URL asks for. EINVAL where it cannot be meant. */
function planOf(rest: string): GatewayPlan & { isVerbose: boolean } {
  const given = readParameters(splitWords(rest), KEYS);
  const { tcpfwd = [], udpfwd = [], unixfwd = [], cmdfwd = [] } = given;
  const forwards = [
    ...tcpfwd.map((text) => parseInward("tcp", text)),
    ...udpfwd.map((text) => parseInward("udp", text)),
    ...unixfwd.map(parseRedirect),
    ...cmdfwd.map(parseExecution),
  ];
  return { options: optionsOf(given), forwards, tftp: given.tftp_path, isVerbose: given.verbose === true };
}

function optionsOf(given: Given): GatewayOptions {
  const { v4 = false, v6 = false, dhcp, vnameserver, vnameserver6, mtu, mru, allow = [], deny = [] } = given;
  const isBoth = v4 === v6;
  const hosts: Prefix[] = [];
  if (isBoth || v4) hosts.push(hostOf(parsePrefix(given.addr ?? given.host ?? HOST4, BITS)));
  const has6 = isBoth || v6;
  if (has6) hosts.push(hostOf(parsePrefix(given.addr6 ?? given.host6 ?? HOST6, BITS)));
  return {
    hosts,
    dns4: vnameserver === undefined ? undefined : address(vnameserver),
    dns6: vnameserver6 === undefined ? undefined : address(vnameserver6),
    dhcp: isBoth || v4 ? { start: dhcp ? address(dhcp) : undefined } : undefined,
    dhcpv6: has6,
    advertise: has6 ? [] : undefined,
    nat64: has6,
    hostLoopback: given.disable_host_loopback !== true,
    restricted: given.restricted === true,
    hostname: given.hostname,
    domain: given.vdomainname,
    search: given.vdnssearch ?? [],
    bootfile: given.bootfile,
    tftpServerName: given.tftp_server_name,
    allow: allow.map(parseRule),
    deny: deny.map(parseRule),
    limits: limitsOf(given as Readonly<Record<string, string | undefined>>),
    ...(mtu !== undefined && { mtu: wholeNumber("mtu", mtu, 576, 9_216) }),
    ...(mru !== undefined && { mru: wholeNumber("mru", mru, 576, 9_216) }),
  };
}

function limitsOf(given: Readonly<Record<string, string | undefined>>): SomeLimits {
  const all = LIMIT_LIST.flatMap(([, { name }]) => (given[name] === undefined ? [] : [limitOf(name, given[name])]));
  return Object.assign({}, ...all);
}

/** What it was understood as. */
function table({ options, forwards, tftp }: GatewayPlan): string[] {
  const { hosts, dns4, dns6, pool, prefixes, restricted, hostLoopback, allow = [], deny = [] } = settle(options);
  const rows: [string, string | undefined][] = [
    ...hosts.map((host): [string, string] => ["address", prefixText(host)]),
    ["dhcp", pool && `${addressText(pool.start)}, ${pool.count} addresses`],
    ["nameserver", dns4 && addressText(dns4)],
    ["nameserver6", dns6 && addressText(dns6)],
    ...prefixes.map((prefix): [string, string] => ["prefix", prefixText(prefix)]),
    ["host loopback", hostLoopback ? "by the gateway's address" : "never"],
    ["restricted", restricted ? "to forwards" : undefined],
    ...allow.map((rule): [string, string] => ["allow", ruleText(rule)]),
    ...deny.map((rule): [string, string] => ["deny", ruleText(rule)]),
    ["tftp", tftp],
    ...forwards.map((forward: Forward): [string, string] => ["forward", forwardText(forward)]),
  ];
  return ["SLIRP configuration", ...rows.flatMap(([name, text]) => (text ? [`${name.padEnd(14)} ${text}`] : []))];
}
