// Plugs links into the ports of a switch, by URL.

import type { Switch } from "../../host/switch.js";
import { splitUrl } from "../../host/transports.js";
import { attachTap } from "./tap.js";
import { Trunk, type TrunkOptions } from "./trunk.js";

export type PlugLinkOptions = TrunkOptions;

/**
 * Opens what a URL names, and plugs it into a port, or into any. Throws where it cannot be opened at first. After that it
 * comes back whenever its other end does, until a manager closes its endpoint or removes its port. One that waits for its
 * peer to come has its port at once. Returns the number of its port.
 */
export async function plugLink(sw: Switch, url: string, options: PlugLinkOptions = {}): Promise<{ port: number }> {
  const tap = splitUrl(url);
  if (tap?.scheme === "tap") return attachTap(sw, tap.rest, options.port);
  const trunk = new Trunk(sw, url, options);
  await trunk.start();
  return { port: trunk.port };
}
