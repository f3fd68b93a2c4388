// Tap interfaces, in ports of a switch and at the end of a cable: a way into the host's own network.

import * as abi from "../../assembly/abi.js";
import type { Link } from "../../host/link.js";
import type { Endpoint } from "../../host/ports.js";
import type { Switch } from "../../host/switch.js";
import { SideLink } from "../cable/link.js";
import type { Side } from "../cable/side.js";
import { TapSide } from "../cable/tap.js";
import { close } from "../native/libc.js";
import { endOffload, openTap } from "../native/tun.js";

const OWNER = { uid: 0, inGroup: () => true };

/** Plugs a tap interface into a port, or into any; makes the interface where there is none. Throws what open and ioctl say. */
export function attachTap(sw: Switch, name: string, port?: number): Endpoint {
  const tap = openTap(name);
  try {
    const endpoint: Endpoint = sw.ports.plug(sw.ports.allocate(port, OWNER), {
      kind: abi.KIND_TAP,
      fd: tap.fd,
      module: "tuntap",
      divert: () => divert(tap, () => sw.unplug(endpoint)),
      close: () => close(tap.fd),
    });
    sw.ports.describe(endpoint, tap.name);
    return endpoint;
  } catch (error) {
    close(tap.fd);
    throw error;
  }
}

/** A tap that was opened for the data plane, as a link. */
function divert(tap: { readonly fd: number; readonly name: string }, onclose: () => void): Link {
  endOffload(tap.fd);
  const link = new SideLink(new TapSide({ ...tap, hasHeader: true, onclose: () => close(tap.fd) }));
  link.onclose = onclose;
  return link;
}

/** A tap interface at the end of a cable. Frames come whole: who is on the cable may know nothing of offload. */
export async function openTapSide(rest: string): Promise<Side> {
  const tap = openTap(rest, { offload: false });
  return new TapSide({ ...tap, onclose: () => close(tap.fd) });
}
