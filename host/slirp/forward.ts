// What a forward is, and how people write it: "tcp:[ADDRESS:]PORT:GUEST:PORT", "udp:…", "unix:PORT:PATH". VDE's own forms,
// without the word before, are the same.

import { refuse } from "../errors.js";
import { type Address, addressText, parseAddress } from "./address.js";

/** A port of the host that leads to a guest. */
export interface Inward {
  readonly kind: "tcp" | "udp";
  /** Where the host listens; everywhere where it is undefined. */
  readonly host: string | undefined;
  readonly port: number;
  readonly guest: Address;
  readonly guestPort: number;
}

interface Place {
  /** An address of the gateway, which it may have for this alone; each that it has where it is undefined. */
  readonly at?: Address | undefined;
  readonly port: number;
}

/** A port of the gateway that leads to a Unix socket of the host. */
export interface Redirect extends Place {
  readonly kind: "unix";
  readonly path: string;
}

/** A port of the gateway that leads to a command of the host, which runs for each connection. */
export interface Execution extends Place {
  readonly kind: "cmd";
  /** Its words; no shell reads them. */
  readonly command: string;
}

export type Forward = Inward | Redirect | Execution;

const X11 = 6_000;
const PORT_MAX = 65_535;
/** An address of IPv6 stands in brackets. */
const PLACE = String.raw`(?:\[([^\]]*)\]|([^:[\]]*))`;
const INWARD = new RegExp(`^(?:${PLACE}:)?(\\d{1,5}):${PLACE}:(\\d{1,5})$`);
const OWN_PLACE = /^(?:(?:\[([^\]]+)\]|([\d.]*\.[\d.]*)):)?(\d{1,5}):(.+)$/s;
const DISPLAY = new RegExp(`^${PLACE}(?::(\\d{1,4})(?:\\.\\d+)?)?$`);

/** Reads [ADDRESS:]PORT:GUEST:PORT. EINVAL, with what is wanted, where it is none. */
export function parseInward(kind: "tcp" | "udp", text: string): Inward {
  const [, v6, v4, port = "", guest6, guest4, guestPort = ""] =
    INWARD.exec(text) ?? refuse("EINVAL", `${text}: a forward is [ADDRESS:]PORT:GUEST:PORT, as 2222:10.0.2.15:22`);
  const host = v6 ?? v4;
  if (host !== undefined && host !== "" && parseAddress(host) === undefined)
    refuse("EINVAL", `${text}: ${host} is no address`);
  return {
    kind,
    host: host || undefined,
    port: portNumber(text, port),
    guest: guestAddress(text, guest6 ?? guest4 ?? ""),
    guestPort: portNumber(text, guestPort),
  };
}

/** Reads [ADDRESS:]PORT:PATH. */
export function parseRedirect(text: string): Redirect {
  const { rest, ...place } = splitPlace(text, "[ADDRESS:]PORT:PATH is wanted, as 6010:/tmp/.X11-unix/X0");
  return { kind: "unix", ...place, path: rest };
}

/** Reads [ADDRESS:]PORT:COMMAND. */
export function parseExecution(text: string): Execution {
  const { rest, ...place } = splitPlace(text, "[ADDRESS:]PORT:COMMAND is wanted, as 7:/bin/cat");
  return { kind: "cmd", ...place, command: rest };
}

function splitPlace(text: string, wanted: string): Place & { rest: string } {
  const [, v6, v4, port = "", rest = ""] = OWN_PLACE.exec(text) ?? refuse("EINVAL", `${text}: ${wanted}`);
  const host = v6 ?? v4;
  if (rest.trim() === "" || rest.includes("\0")) refuse("EINVAL", `${text}: ${wanted}`);
  return { at: host === undefined ? undefined : ownAddress(text, host), port: portNumber(text, port), rest };
}

/** Reads GUEST[:DISPLAY[.SCREEN]]: the port of the display, of a guest that shows windows of programs out here. */
export function parseDisplay(text: string): { guest: Address; guestPort: number } {
  const [, guest6, guest4, display = "0"] =
    DISPLAY.exec(text) ?? refuse("EINVAL", `${text}: GUEST[:DISPLAY[.SCREEN]] is wanted, as 10.0.2.15:0`);
  return {
    guest: guestAddress(text, guest6 ?? guest4 ?? ""),
    guestPort: portNumber(text, String(X11 + Number(display))),
  };
}

/** The first port where the host's own programs look for displays. */
export const DISPLAY_PORT = X11;
export const DISPLAY_COUNT = 100;

/** Reads what `forwardText` writes, but for commands: those are for who starts a gateway. */
export function parseForward(text: string): Forward {
  const [, kind = "", rest = ""] = /^(tcp|udp|unix):(.*)$/s.exec(text) ?? [];
  if (kind === "tcp" || kind === "udp") return parseInward(kind, rest);
  if (kind === "unix") return parseRedirect(rest);
  return refuse("EINVAL", `${text}: tcp:PORT:GUEST:PORT, udp:PORT:GUEST:PORT or unix:PORT:PATH is wanted`);
}

export function forwardText(forward: Forward): string {
  if (forward.kind === "unix" || forward.kind === "cmd") {
    const at = forward.at === undefined ? "" : `${bracketed(addressText(forward.at))}:`;
    return `${forward.kind}:${at}${forward.port}:${forward.kind === "unix" ? forward.path : forward.command}`;
  }
  const { kind, host, port, guest, guestPort } = forward;
  const from = host === undefined ? "" : `${bracketed(host)}:`;
  return `${kind}:${from}${port}:${bracketed(addressText(guest))}:${guestPort}`;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function guestAddress(text: string, guest: string): Address {
  const found = parseAddress(guest);
  return found ?? refuse("EINVAL", `${text}: ${guest || "nothing"} is no address of a guest`);
}

function ownAddress(text: string, host: string): Address {
  return parseAddress(host) ?? refuse("EINVAL", `${text}: ${host} is no address`);
}

function portNumber(text: string, digits: string): number {
  const port = Number(digits);
  return port >= 1 && port <= PORT_MAX ? port : refuse("EINVAL", `${text}: a port is 1 to ${PORT_MAX}`);
}
