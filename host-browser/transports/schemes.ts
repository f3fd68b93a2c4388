// The links of a page that a URL can name: what `port/link` at a page's console opens.

import { refuse, SwitchError } from "../../host/errors.js";
import type { Link } from "../../host/link.js";
import { findScheme, type Scheme, splitUrl } from "../../host/transports.js";
import { wireFrom } from "../../host/wire/settings.js";
import { browserClock } from "../clock.js";
import { broadcastChannel } from "./broadcast.js";
import { inBrowser } from "./inbrowser.js";
import { dialWebSocket } from "./websocket.js";

type Open = (rest: string, url: string) => Link | Promise<Link>;

const openWebSocket: Open = (_rest, url) => {
  if (!URL.canParse(url)) refuse("EINVAL", `${url}: this is no URL`);
  return dialWebSocket(url, { reconnect: { clock: browserClock } });
};

const openWire: Open = async (rest) => {
  const [, settings, url] = /^([^{]*)\{(.*)\}$/s.exec(rest) ?? [];
  if (settings === undefined || url === undefined)
    return refuse("EINVAL", `wire://${rest}: wire://SETTINGS{URL} is wanted, as wire://loss=5{broadcast://lan}`);
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  const wire = wireFrom(settings, { seed, clock: browserClock });
  return wire(await openLink(url));
};

export const SCHEMES: readonly Scheme<Open>[] = [
  {
    scheme: "broadcast",
    example: "broadcast://lan",
    help: "all tabs of this origin that use the name",
    load: async () => (rest) => broadcastChannel(rest || undefined),
  },
  {
    scheme: "inbrowser",
    example: "inbrowser://0",
    help: "machines of v86 in other tabs",
    load: async () => (rest) => inBrowser(Number(rest)),
  },
  {
    scheme: "ws",
    example: "ws://host:8080/room/lab",
    help: "a switch that serves WebSockets; opened again when it is cut off",
    load: async () => openWebSocket,
  },
  {
    scheme: "wss",
    example: "wss://host/room/lab?token=TOKEN",
    help: "the same, encrypted",
    load: async () => openWebSocket,
  },
  {
    scheme: "wire",
    example: "wire://loss=5,delay=20{broadcast://lan}",
    help: "another link, with faults before it",
    load: async () => openWire,
  },
];

/** Opens what a URL names. EPROTONOSUPPORT for what no page has, EINVAL where it is none. */
export async function openLink(url: string): Promise<Link> {
  const { scheme, rest } = splitUrl(url) ?? refuse("EINVAL", `${url}: a link is as broadcast://lan`);
  const open = await findScheme(SCHEMES, scheme).load();
  try {
    return await open(rest, url);
  } catch (error) {
    throw error instanceof SwitchError ? error : new SwitchError("EIO", `${url}: ${error}`);
  }
}
