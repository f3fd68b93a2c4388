// The switch as a tool: its command line, which is VDE's with what is new. What it runs is loaded when it runs.

import * as abi from "../../assembly/abi.js";
import type { Options, Values } from "../cli/options.js";
import { SERVICE_OPTIONS, tool } from "../cli/tool.js";
import { address, group, networkInterface, path, permissions, text, whole } from "../cli/values.js";
import { WATCHDOG_S } from "../dataplane/watchdog.js";
import { API_OPTIONS, checkApi } from "./api.js";
import { checkWebSocket, WEB_SOCKET_OPTIONS } from "./switch-ws.js";

export const SWITCH_OPTIONS = {
  numports: {
    short: "n",
    value: whole("N", "the number of ports", 1, abi.PORT_MAX),
    default: "32",
    help: "how many ports it has",
  },
  hub: { short: "x", help: "be a hub: every frame to every other port" },
  fstp: { short: "F", help: "run the fast spanning tree protocol" },
  macaddr: { value: address, default: "00:ff and four octets of chance", help: "its own address" },
  priority: {
    value: whole("N", "the priority", 0, 0xffff),
    default: "0x8000",
    help: "its priority in the spanning tree; the lowest is root",
  },
  hashsize: {
    value: whole("N", "the hash size", 1, 2 ** 30),
    default: "128",
    help: "how many buckets hash/print shows, rounded up to a power of two",
  },
  sock: {
    short: "s",
    aka: ["vdesock", "unix"],
    value: path,
    default: "/var/run/vde.ctl for root, else /tmp/vde.ctl",
    help: "the directory where plugs connect",
  },
  mode: { short: "m", aka: ["mod"], value: permissions, default: "0600", help: "permissions of the sockets in it" },
  dirmode: { value: permissions, default: "02700, or what --mode needs", help: "permissions of the directory" },
  group: { short: "g", value: group, help: "group of the directory and of the sockets" },
  ...SERVICE_OPTIONS,
  rcfile: {
    short: "f",
    value: path,
    default: "~/.vde2/vde_switch.rc, else /etc/vde2/vde_switch.rc, where there is one",
    help: "commands to run at the start",
  },
  mgmt: { short: "M", value: path, help: "the socket where managers connect" },
  mgmtmode: { value: permissions, default: "0600", help: "permissions of that socket" },
  mgmtgroup: { value: group, help: "group of that socket" },
  nostdin: { help: "leave standard input alone; without it, its end is the end of the switch" },
  debugclients: {
    short: "D",
    value: whole("N", "the number of debug clients", 0, 0x7fff_ffff),
    help: "accepted, and does nothing: there is no limit",
  },
  tap: { short: "t", value: networkInterface, many: true, help: "plug in a tap interface, made where there is none" },
  link: {
    value: { ...text, label: "URL" },
    many: "again",
    added: true,
    help: "plug in a link: another switch, a virtual machine, a command (docs/reference/links.md)",
  },
  slirp: {
    value: { ...text, label: "[OPTIONS]" },
    many: "again",
    bare: "",
    added: true,
    help: "plug in a gateway, so that guests get out; with =OPTIONS, those of slirp:// (docs/guides/gateway.md)",
  },
  ...API_OPTIONS,
  mtu: {
    value: whole("N", "the MTU", abi.MTU_MIN, abi.MTU_MAX),
    default: `${abi.MTU_DEFAULT}: frames of 9216 octets in all`,
    added: true,
    help: `the largest payload of a frame; a frame may have ${abi.MTU_OVERHEAD} octets more`,
  },
  qlen: {
    value: whole("N", "a queue's length", 1, abi.QUEUE_COUNT),
    default: String(abi.QUEUE_LIMIT_DEFAULT),
    added: true,
    help: "how many frames may wait for an endpoint",
  },
  watchdog: {
    value: whole("SECONDS", "the watchdog's time", 0, 86_400),
    default: String(WATCHDOG_S),
    added: true,
    help: "how long the thread that forwards frames may be stuck before the switch ends with 70; 0 for as long as it likes",
  },
  ...WEB_SOCKET_OPTIONS,
  transparent: { added: true, help: "forward frames to 01:80:C2:00:00:00 to 0F too, which bridges keep" },
} as const satisfies Options;

export type Settings = Values<typeof SWITCH_OPTIONS>;

export const vdeSwitch = tool({
  name: "switch",
  aka: ["vde_switch"],
  summary: "A virtual Ethernet switch that VDE plugs connect to.",
  operands: "",
  options: SWITCH_OPTIONS,
  check(settings) {
    checkWebSocket(settings);
    checkApi(settings);
  },
  async run(settings, _operands, run) {
    const { runSwitch } = await import("./switch-run.js");
    await runSwitch(settings, run);
  },
});
