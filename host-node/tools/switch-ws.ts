// The options of the switch for WebSockets, and what they come to.

import type { Switch } from "../../host/switch.js";
import { type Options, UsageError, type Values } from "../cli/options.js";
import type { Run } from "../cli/tool.js";
import { path, type Value, whole } from "../cli/values.js";
import { nodeClock } from "../clock.js";
import { DEFAULTS, type UpgradeHandler, type WebSocketOptions } from "../servers/websocket/options.js";
import { readOrigin } from "../servers/websocket/origin.js";
import type { Place } from "../servers/websocket/rooms.js";
import { signalling } from "../servers/websocket/signalling.js";
import { readNamed, readNamedSecret, tokensIn } from "./token-file.js";

export interface Where {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const VLAN_MAX = 4094;
const TLS: readonly ("ws-tls-cert" | "ws-tls-key")[] = ["ws-tls-cert", "ws-tls-key"];
const { clients, idleMs, limits } = DEFAULTS;

/** "8080", "0.0.0.0:8080/lab", "[::1]:8080". */
const where: Value<Where> = {
  label: "[ADDR:]PORT[/PATH]",
  accepts: "where to listen is a port, as 8080, 0.0.0.0:8080 or [::1]:8080/lab",
  read: (word) => {
    const [, bracketed, plain, port = "", path = "/"] =
      /^(?:\[([\da-f:.]+)\]:|([\w.-]+):)?(\d{1,5})(\/[^?#\s]*)?$/i.exec(word) ?? [];
    if (port === "" || Number(port) > 0xffff) return undefined;
    return { host: bracketed ?? plain ?? "127.0.0.1", port: Number(port), path };
  },
};

const room: Value<readonly [string, Place]> = {
  label: "NAME=VLAN",
  accepts: `a room is NAME=VLAN with a VLAN of 0 to ${VLAN_MAX}, or NAME=trunk for all of them`,
  read: (word) => {
    const [, name = "", place = ""] = /^([\w.-]{1,64})=(\d{1,4}|trunk)$/.exec(word) ?? [];
    if (place === "trunk") return [name, place];
    return place === "" || Number(place) > VLAN_MAX ? undefined : [name, Number(place)];
  },
};

const range: Value<readonly [number, number]> = {
  label: "FIRST-LAST",
  accepts: `VLANs for rooms are FIRST-LAST, from 1 to ${VLAN_MAX}`,
  read: (word) => {
    const [, first = "", last = ""] = /^(\d{1,4})-(\d{1,4})$/.exec(word) ?? [];
    const [from, to] = [Number(first), Number(last)];
    return from >= 1 && to >= from && to <= VLAN_MAX ? [from, to] : undefined;
  },
};

const origin: Value<string> = {
  label: "ORIGIN",
  accepts: 'an origin is as https://lab.example or http://host:8080, "null" for pages of no host, * for every page',
  read: readOrigin,
};

const count = (what: string, min: number, max: number) => whole("N", what, min, max);

export const WEB_SOCKET_OPTIONS = {
  ws: {
    value: where,
    added: true,
    default: "this machine alone where no address is given",
    help: "serve WebSockets, as emulators in pages have them (docs/protocols/websocket.md)",
  },
  "ws-room": { value: room, many: true, added: true, help: "a room by its name, /room/NAME: the VLAN that it is" },
  "ws-rooms": { value: range, added: true, help: "rooms of every other name, each a VLAN of these while it is in use" },
  "ws-room-clients": { value: count("the number", 1, 1024), added: true, help: "how many clients a room may have" },
  "ws-origin": {
    value: origin,
    many: true,
    added: true,
    default: "pages of the same host",
    help: "pages that may come in besides",
  },
  "ws-token-file": {
    value: path,
    added: true,
    help: "who may come in: lines of `token TOKEN [ROOM]` and `secret SECRET`, for the owner alone (chmod 600)",
  },
  "ws-tls-cert": { value: path, added: true, help: "a certificate, and those above it, to serve wss:// with" },
  "ws-tls-key": { value: path, added: true, help: "its key, for its owner alone (chmod 600)" },
  "ws-clients": {
    value: count("the number", 1, 1024),
    added: true,
    default: String(clients),
    help: "how many clients",
  },
  "ws-address-clients": {
    value: count("the number", 1, 1024),
    added: true,
    default: "as many as there may be",
    help: "how many of them from one address",
  },
  "ws-rate": {
    value: count("the rate", 0, 2 ** 31),
    added: true,
    default: "0, any number",
    help: "octets a second that a client may send",
  },
  "ws-burst": {
    value: count("the burst", 1514, 2 ** 31),
    added: true,
    default: String(limits.burst),
    help: "octets that it may send at once",
  },
  "ws-macs": {
    value: count("the number", 0, 65_536),
    added: true,
    default: `${limits.macs}; 0 for any number`,
    help: "addresses that a client may have, but for trunks",
  },
  "ws-idle": {
    value: count("the time", 1, 3_600),
    added: true,
    default: String(idleMs / 1000),
    help: "seconds after which a client is asked whether it lives, and then cut off",
  },
  "ws-proxy": { added: true, help: "believe X-Forwarded-For: there is a proxy before it, which sets it" },
} as const satisfies Options;

type Settings = Values<typeof WEB_SOCKET_OPTIONS>;

/** The switch that is served; none while it is not open. */
type RunningSwitch = () => Switch | undefined;

/** Throws a UsageError where one option wants another that is not there. */
export function checkWebSocket(settings: Settings): void {
  const given = Object.entries(settings).find(([name, value]) => name.startsWith("ws-") && isGiven(value));
  if (settings.ws === undefined && given !== undefined)
    throw new UsageError(`--${given[0]}: --ws PORT is wanted with it`);
  for (const [one, other] of [TLS, [...TLS].reverse()] as const)
    if (settings[one!] !== undefined && settings[other!] === undefined)
      throw new UsageError(`--${one}: --${other} is wanted with it`);
}

/** What a command line asks for; undefined where it asks for no WebSockets. */
export async function webSocketOptions(
  settings: Settings & { readonly slirp: readonly string[] },
  run: Pick<Run, "log">,
  sw: RunningSwitch,
): Promise<WebSocketOptions | undefined> {
  const { ws } = settings;
  if (ws === undefined) return undefined;
  const tokens = tokensIn("ws-token-file", settings["ws-token-file"]);
  if (tokens === undefined && !/^(127\.|::1$|localhost$)/.test(ws.host))
    run.log(`--ws ${ws.host}:${ws.port}: whoever reaches it may come in; --ws-token-file keeps strangers out`);
  const { "ws-rate": rate, "ws-burst": burst, "ws-macs": macs } = settings;
  const idle = settings["ws-idle"];
  return {
    ...ws,
    tokens,
    tls: tlsOf(settings),
    rooms: {
      named: Object.fromEntries(settings["ws-room"]),
      range: settings["ws-rooms"],
      clients: settings["ws-room-clients"],
    },
    origins: settings["ws-origin"],
    clients: settings["ws-clients"],
    clientsPerAddress: settings["ws-address-clients"],
    idleMs: idle === undefined ? undefined : idle * 1000,
    limits: Object.fromEntries(Object.entries({ rate, burst, macs }).filter(([, value]) => value !== undefined)),
    isBehindProxy: settings["ws-proxy"],
    handlers: { "/signal": signalling(), ...(await wispBehind(settings.slirp[0], sw)) },
  };
}

/**
 * Programs in pages may go where guests may, by the first gateway, and are guests of that, as long as it is there. Without one they
 * go nowhere.
 */
async function wispBehind(gateway: string | undefined, sw: RunningSwitch): Promise<Record<string, UpgradeHandler>> {
  if (gateway === undefined) return {};
  const [{ wisp }, { limitsFor, policyOf }, { NodeBackend }, { visitorsAlone }, { gatewaysIn }] = await Promise.all([
    import("../servers/websocket/wisp.js"),
    import("../transports/slirp.js"),
    import("../gateway/backend.js"),
    import("../../host/slirp/visitors.js"),
    import("../../host/console/slirp.js"),
  ]);
  const alone = visitorsAlone(limitsFor(gateway), nodeClock);
  const gatewayOf = (running: Switch) => gatewaysIn(() => running).plugged()[0]?.gateway;
  const visitors = () => {
    const running = sw();
    return (running && gatewayOf(running)?.visitors) ?? alone;
  };
  return { "/wisp": wisp(policyOf(gateway), new NodeBackend(undefined, "wisp"), { visitors }) };
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

function tlsOf({ "ws-tls-cert": cert, "ws-tls-key": key }: Settings): { cert: string; key: string } | undefined {
  if (cert === undefined || key === undefined) return undefined;
  return { cert: readNamed("ws-tls-cert", cert), key: readNamedSecret("ws-tls-key", key) };
}
