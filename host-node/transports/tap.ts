// Tap interfaces in ports: a switch's way into the host's own network.

import * as abi from "../../assembly/abi.js";
import type { Endpoint } from "../../host/ports.js";
import type { Switch } from "../../host/switch.js";
import { close } from "../native/libc.js";
import { openTap } from "../native/tun.js";

const OWNER = { uid: 0, inGroup: () => true };

/** Plugs a tap interface into a port, or into any; makes the interface where there is none. Throws what open and ioctl say. */
export function attachTap(sw: Switch, name: string, port?: number): Endpoint {
  const tap = openTap(name);
  try {
    const endpoint = sw.ports.plug(sw.ports.allocate(port, OWNER), {
      kind: abi.KIND_TAP,
      fd: tap.fd,
      module: "tuntap",
      close: () => close(tap.fd),
    });
    sw.ports.describe(endpoint, tap.name);
    return endpoint;
  } catch (error) {
    close(tap.fd);
    throw error;
  }
}
