// slirpvde: a network's way out, by an ordinary user's rights. Its command line.

import { address, addressText, parsePrefix } from "../../host/slirp/address.js";
import type { GatewayOptions } from "../../host/slirp/options.js";
import { settle } from "../../host/slirp/options.js";
import { type Options, UsageError, type Values } from "../cli/options.js";
import { tool } from "../cli/tool.js";
import { requireOne, requireSettled } from "./slirp-check.js";
import { anAddress, host, parsed, planOf, SLIRP_OPTIONS } from "./slirp-options.js";

const HOST = parsePrefix("10.0.2.2/24");

const options = {
  ...SLIRP_OPTIONS,
  host: {
    short: "H",
    value: host,
    default: "10.0.2.2/24",
    help: "its address; a network's own address means the second one",
  },
  network: { short: "n", value: host, help: "the same as --host" },
  dns: {
    short: "N",
    aka: ["nameserver"],
    value: anAddress,
    default: "the third of the network",
    help: "where guests ask for names",
  },
  dhcp: {
    short: "D",
    value: parsed("[START]", "the first address to give out is wanted, as 10.0.2.15", (word) => ({
      start: address(word),
    })),
    bare: {},
    help: "give guests addresses, from the network's fifteenth on",
  },
} as const satisfies Options;

function gatewayOptions({ host, network, dns, dhcp }: Values<typeof options>): GatewayOptions {
  return { hosts: [host ?? network ?? HOST], dns4: dns, dhcp };
}

export const slirpvde = tool({
  name: "slirp",
  aka: ["slirpvde"],
  summary: "A gateway: leads a network's guests outside, by this user's own connections.",
  operands: "[URL]",
  options,
  misuse: 255,
  isFilter: true,
  check(settings, operands) {
    requireOne(settings, operands);
    const own = gatewayOptions(settings);
    if (own.hosts.some(({ address: each }) => each.length !== 4))
      throw new UsageError("--host: an IPv4 network is wanted; slirpvde6 takes both");
    requireSettled(planOf(settings, own).options);
  },
  async run(settings, [operand], run) {
    const { runSlirp } = await import("./slirp-run.js");
    const own = gatewayOptions(settings);
    const { dns4, pool } = settle(own);
    const lines = [
      `DNS         =${addressText(dns4!)}`,
      ...(pool === undefined ? [] : [`dhcp_start  =${addressText(pool.start)}`]),
    ];
    await runSlirp(
      { settings, plan: planOf(settings, own), sock: settings.sock ?? operand, description: "slirpvde:", lines },
      run,
    );
  },
});
