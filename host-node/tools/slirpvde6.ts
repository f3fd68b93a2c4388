// slirpvde6: the same as slirpvde for networks of both families, or of IPv6 alone. Its command line.

import { refuse, SwitchError } from "../../host/errors.js";
import {
  type Address,
  address,
  addressText,
  isIn,
  type Prefix,
  parsePrefix,
  plus,
  prefixText,
} from "../../host/slirp/address.js";
import type { Advertising } from "../../host/slirp/advertising.js";
import { type GatewayOptions, settle } from "../../host/slirp/options.js";
import { readRadvd } from "../../host/slirp/radvd.js";
import { type Options, UsageError, type Values } from "../cli/options.js";
import { tool } from "../cli/tool.js";
import { path, type Value } from "../cli/values.js";
import { reason } from "../reason.js";
import { readScript } from "../system.js";
import { requireOne, requireSettled } from "./slirp-check.js";
import { anAddress, host, parsed, planOf, SLIRP_OPTIONS } from "./slirp-options.js";

const HOST = parsePrefix("10.0.2.1/24");
const COUNT = 10;
const START = 14;
const COUNT_MAX = 65_536;

interface Pool {
  readonly start?: ReturnType<typeof address>;
  readonly count: number;
}

/** Reads START, START/COUNT or /COUNT. */
function pool(word: string): Pool {
  const [, start = "", count] = /^([^/]*)(?:\/(\d{1,5}))?$/.exec(word) ?? [];
  const number = Number(count ?? COUNT);
  if (!(number > 0 && number < COUNT_MAX)) refuse("EINVAL", `${word}: 1 to ${COUNT_MAX - 1} addresses are given out`);
  return { ...(start !== "" && { start: address(start) }), count: number };
}

/** A file that is read at once: what is wrong with it is said before the start. */
const advertising: Value<Advertising> = {
  label: "FILE",
  accepts: "a file as radvd.conf(5) is wanted",
  read(word) {
    if (path.read(word) === undefined) return undefined;
    try {
      return readRadvd(readScript(word));
    } catch (error) {
      throw new UsageError(
        `--radvdrc ${word}: ${error instanceof SwitchError && error.code === "EINVAL" ? error.detail : reason(error)}`,
      );
    }
  },
};

const options = {
  ...SLIRP_OPTIONS,
  host: {
    short: "H",
    value: host,
    many: "again",
    default: "10.0.2.1/24",
    help: "an address of its own, of either family; give it for each network",
  },
  dns: {
    short: "N",
    aka: ["nameserver"],
    value: anAddress,
    bare: [],
    help: "where guests are told to ask for names; without an address, and without it, the gateway answers",
  },
  dhcp: {
    short: "D",
    value: parsed("[START[/COUNT]]", "the first address and how many are wanted, as 10.0.2.15/10", pool),
    bare: { count: COUNT },
    help: "give guests addresses: ten, from the fourteenth after its own on; and answer DHCPv6",
  },
  radv: {
    short: "r",
    aka: ["radvd"],
    value: parsed("[PREFIX,...]", "prefixes are wanted, as 2001:db8::/64", (word) =>
      word.split(",").map((each): Prefix => parsePrefix(each, { v4: 24, v6: 64 })),
    ),
    bare: [],
    help: "tell guests of the router and of its networks, or of these, so that they make addresses of their own",
  },
  radvdrc: {
    short: "R",
    value: advertising,
    help: "tell guests of the router what this file says, which is as radvd.conf(5)",
  },
} as const satisfies Options;

/** The fourteenth after its own address, as far as the network goes. */
function startAfter(host: Prefix): Address | undefined {
  const start = plus(host.address, START);
  return isIn(start, host) ? start : undefined;
}

function gatewayOptions({ host, dns, dhcp, radv, radvdrc: router }: Values<typeof options>): GatewayOptions {
  const hosts = host.length > 0 ? host : [HOST];
  const own = dns !== undefined && dns.length > 0 ? (dns.length === 4 ? { dns4: dns } : { dns6: dns }) : {};
  const host4 = hosts.find(({ address: each }) => each.length === 4);
  const given = host4 && dhcp && { start: startAfter(host4), ...dhcp };
  return {
    hosts,
    ...own,
    dhcp: given,
    dhcpv6: dhcp !== undefined,
    advertise: radv,
    router,
    nat64: true,
  };
}

export const slirpvde6 = tool({
  name: "slirp6",
  aka: ["slirpvde6"],
  summary: "A gateway for both families: IPv6 guests reach IPv4 hosts by 64:ff9b::/96 and by ::ffff:0:0/96.",
  operands: "[URL]",
  options,
  misuse: 255,
  isFilter: true,
  check(settings, operands) {
    requireOne(settings, operands);
    const own = gatewayOptions(settings);
    for (const prefix of own.advertise ?? [])
      if (prefix.address.length === 4) throw new UsageError(`${prefixText(prefix)}: router advertisements are of IPv6`);
    requireSettled(planOf(settings, own).options);
  },
  async run(settings, [operand], run) {
    const { runSlirp } = await import("./slirp-run.js");
    const own = gatewayOptions(settings);
    const { dns4, dns6, pool: given, prefixes } = settle(own);
    const lines = [
      ...[dns4, dns6].filter((each) => each !== undefined).map((each) => `DNS         =${addressText(each)}`),
      ...(given === undefined ? [] : [`dhcp_start  =${addressText(given.start)}`]),
      ...prefixes.map((prefix) => `radv prefix =${prefixText(prefix)}`),
    ];
    const sock = settings.sock ?? operand;
    await runSlirp({ settings, plan: planOf(settings, own), sock, description: "LWIPv6 if=vd0", lines }, run);
  },
});
