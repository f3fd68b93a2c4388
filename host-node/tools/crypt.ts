// vde_cryptcab: an encrypted cable over UDP, between a server at one switch and clients at others. Its command line.

import { type Options, UsageError, type Values } from "../cli/options.js";
import { SERVICE_OPTIONS, tool } from "../cli/tool.js";
import { path, text, whole } from "../cli/values.js";
import { readRemote } from "../crypt/remote.js";
import { RECONNECT_OPTIONS } from "./reconnect.js";

export const DEFAULT_PORT = 7_667;

export const CRYPT_OPTIONS = {
  sock: {
    short: "s",
    aka: ["vdesock", "unix"],
    value: text,
    default: "the user's usual switch",
    help: "the switch, by its directory or any other URL",
  },
  port: {
    short: "p",
    aka: ["localport"],
    value: whole("N", "a port", 1, 0xffff),
    default: `${DEFAULT_PORT}; a client takes any`,
    help: "UDP port of this end",
  },
  connect: { short: "c", value: text, help: "be a client of [USER@]HOST[:PORT]; without it, be a server" },
  preshared: { short: "P", value: path, help: "a secret of 32 octets or more that both ends have, in place of ssh" },
  noencrypt: { short: "x", help: "no encryption at all; only with --compat" },
  compat: { help: "speak VDE's old and unsafe protocol, to peers that know no other; with -x or -P" },
  keepalive: {
    short: "k",
    help: "send something every 15 s and not every 30, so that a NAT on the way does not forget; clients only",
  },
  verbose: { short: "v", help: "tell of clients, sessions and addresses" },
  daemon: SERVICE_OPTIONS.daemon,
  pidfile: { value: path, help: SERVICE_OPTIONS.pidfile.help },
  ...RECONNECT_OPTIONS,
  handover: { help: "give the server's keys to a client on standard input and output; what a client runs by ssh" },
} as const satisfies Options;

export type CryptSettings = Values<typeof CRYPT_OPTIONS>;

export const crypt = tool({
  name: "crypt",
  aka: ["vde_cryptcab"],
  summary: "Joins switches by encrypted cables over UDP: one server, many clients.",
  operands: "",
  options: CRYPT_OPTIONS,
  check({ connect, keepalive, handover, compat, noencrypt, preshared }) {
    if (connect !== undefined && readRemote(connect) === undefined)
      throw new UsageError(`${connect}: [USER@]HOST[:PORT] is wanted, and an IPv6 address in brackets`);
    if (keepalive && connect === undefined)
      throw new UsageError("--keepalive: keepalive option is valid in client mode only (--connect)");
    if (noencrypt && !compat)
      throw new UsageError("--noencrypt: a cable without encryption is VDE's old protocol: --compat -x speaks it");
    if (noencrypt && preshared !== undefined) throw new UsageError("--noencrypt and --preshared: one of the two");
    if (compat && !noencrypt && preshared === undefined)
      throw new UsageError("--compat: -x or -P FILE is wanted; keys by scp into /tmp are not spoken here");
    if (handover && connect !== undefined) throw new UsageError("--handover: it asks the server on this machine alone");
  },
  async run(settings, _operands, run) {
    const { runCrypt } = await import("./crypt-run.js");
    await runCrypt(settings, run);
  },
});
