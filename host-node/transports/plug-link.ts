// Plugs links into the ports of a switch, by URL. What is a descriptor goes to the data plane as it is, so that a trunk
// to another switch costs no process and no copy; what is not goes through a ring.

import * as abi from "../../assembly/abi.js";
import type { Endpoint } from "../../host/ports.js";
import type { Switch } from "../../host/switch.js";
import { splitUrl } from "../../host/transports.js";
import { linkOf } from "../cable/link.js";
import type { Side } from "../cable/side.js";
import { isSide } from "../cable/side.js";
import { openLink } from "./open.js";
import { attachTap } from "./tap.js";

const OWNER = { uid: 0, inGroup: () => true };
const MODULE = "link";

export interface PlugLinkOptions {
  readonly port?: number | undefined;
  readonly warn?: (text: string) => void;
}

/** Opens what a URL names, and plugs it into a port, or into any. It comes out when it ends. */
export async function plugLink(sw: Switch, url: string, { port, warn = () => {} }: PlugLinkOptions): Promise<Endpoint> {
  const tap = splitUrl(url);
  if (tap?.scheme === "tap") return attachTap(sw, tap.rest, port);
  const opened = await openLink(url, { description: "vde_switch:", warn });
  try {
    if (isSide(opened) && opened.datagrams !== undefined) return plugSocket(sw, opened, opened.datagrams, url, port);
    const link = linkOf(opened);
    return sw.plug(link, { module: MODULE, description: url, ...(port !== undefined && { port }) });
  } catch (error) {
    void opened.close();
    throw error;
  }
}

function plugSocket(sw: Switch, side: Side, fd: number, url: string, port?: number): Endpoint {
  const close = () => void side.close();
  const endpoint = sw.ports.plug(sw.ports.allocate(port, OWNER), { kind: abi.KIND_SOCKET, fd, module: MODULE, close });
  sw.ports.describe(endpoint, url);
  side.onend = () => sw.unplug(endpoint);
  return endpoint;
}
