// What slirpvde and slirpvde6 have in common on their command lines, and what becomes of it.

import { SwitchError } from "../../host/errors.js";
import { type Address, address, type Prefix, parsePrefix } from "../../host/slirp/address.js";
import { type Forward, parseDisplay, parseInward, parseRedirect } from "../../host/slirp/forward.js";
import { LIMIT_LIST, parseLimit } from "../../host/slirp/limits.js";
import { type GatewayOptions, hostOf } from "../../host/slirp/options.js";
import { parseRule } from "../../host/slirp/rule.js";
import type { Options, Values } from "../cli/options.js";
import { SERVICE_OPTIONS } from "../cli/tool.js";
import { group, path, permissions, text, type Value, whole } from "../cli/values.js";
import type { Display } from "../gateway/display.js";
import type { GatewayPlan } from "../gateway/open.js";
import { API_OPTIONS } from "./api.js";
import { RECONNECT_OPTIONS } from "./reconnect.js";
import { switchPort } from "./switch-port.js";

const BITS = { v4: 24, v6: 64 };

/** A value that a parser of the gateway reads. What it refuses, the option refuses in its own words. */
export function parsed<T>(label: string, accepts: string, parse: (word: string) => T): Value<T> {
  const read = (word: string) => {
    try {
      return parse(word);
    } catch (error) {
      if (error instanceof SwitchError) return undefined;
      throw error;
    }
  };
  return { label, accepts, read };
}

export const host: Value<Prefix> = parsed("ADDRESS[/BITS]", "an address is wanted, as 10.0.2.2/24", (word) =>
  hostOf(parsePrefix(word, BITS)),
);

export const anAddress: Value<Address> = parsed("ADDRESS", "an address is wanted, as 10.0.2.3", address);

const limitWanted = `a limit is NAME=NUMBER, with one of ${LIMIT_LIST.map(([, { name }]) => name).join(", ")}, in its bounds`;

const rule = parsed("PREFIX[:PORTS]", "a prefix is wanted, as 192.168.0.0/16 or 0.0.0.0/0:25", parseRule);

const inward = (kind: "tcp" | "udp") =>
  parsed("[ADDRESS:]PORT:GUEST:PORT", "a forward is [ADDRESS:]PORT:GUEST:PORT, as 2222:10.0.2.15:22", (word) =>
    parseInward(kind, word),
  );

export const SLIRP_OPTIONS = {
  sock: {
    short: "s",
    aka: ["socket", "vdesock", "unix"],
    value: { ...text, label: "URL" },
    help: "the switch, by a URL or its directory; - for standard input and output",
  },
  ...SERVICE_OPTIONS,
  ...RECONNECT_OPTIONS,
  port: { short: "P", value: switchPort, help: "port of the switch" },
  group: { short: "g", value: group, help: "group of the plug's own socket" },
  mod: { short: "m", aka: ["mode"], value: permissions, help: "permissions of the plug's own socket" },
  quiet: { short: "q", help: "say nothing of how it starts" },
  tcp: { short: "L", value: inward("tcp"), many: "again", help: "lead a TCP port of this machine to a guest" },
  udp: { short: "U", value: inward("udp"), many: "again", help: "lead a UDP port of this machine to a guest" },
  display: {
    short: "X",
    value: parsed("GUEST[:DISPLAY[.SCREEN]]", "a guest's display is wanted, as 10.0.2.15:0", parseDisplay),
    many: "again",
    help: "lead this machine's first free X11 display to a guest's",
  },
  redirect: {
    short: "x",
    value: parsed("[ADDRESS:]PORT:PATH", "[ADDRESS:]PORT:PATH is wanted, as 6010:/tmp/.X11-unix/X0", parseRedirect),
    many: "again",
    help: "lead a port of the gateway to a Unix socket of this machine",
  },
  tftp: { short: "t", value: path, help: "let guests read this folder by TFTP" },
  bootfile: { short: "b", value: text, help: "the file that guests boot, by its name in that folder" },
  isolate: {
    added: true,
    help: "keep guests from this machine's loopback, where the gateway's address leads otherwise",
  },
  restrict: {
    added: true,
    help: "let guests nowhere out: only forwards, DHCP and what they ask of the gateway itself",
  },
  allow: { value: rule, many: "again", added: true, help: "let guests reach these addresses and ports, and no others" },
  deny: { value: rule, many: "again", added: true, help: "keep guests from these addresses and ports" },
  mgmt: { short: "M", value: path, added: true, help: "the socket where managers connect" },
  mgmtmode: { value: permissions, added: true, default: "0600", help: "permissions of that socket" },
  ...API_OPTIONS,
  limit: {
    value: parsed("NAME=NUMBER", limitWanted, parseLimit),
    many: true,
    added: true,
    help: "how much guests may take, by the names that slirp/limits shows (docs/guides/gateway.md)",
  },
  mtu: {
    value: whole("N", "the MTU", 576, 9_216),
    default: "1500",
    added: true,
    help: "the largest IP datagram in a frame",
  },
} as const satisfies Options;

export type SlirpSettings = Values<typeof SLIRP_OPTIONS>;

/** What they mean, beside what is only one tool's. */
export function planOf(settings: SlirpSettings, own: GatewayOptions): GatewayPlan {
  const { tcp, udp, redirect, display, tftp, bootfile, isolate, restrict, allow, deny, mtu, limit } = settings;
  const forwards: Forward[] = [...tcp, ...udp, ...redirect];
  const displays: readonly Display[] = display;
  const policy = { hostLoopback: !isolate, restricted: restrict, allow, deny, limits: Object.assign({}, ...limit) };
  return { options: { ...own, ...policy, bootfile, ...(mtu !== undefined && { mtu }) }, forwards, displays, tftp };
}
