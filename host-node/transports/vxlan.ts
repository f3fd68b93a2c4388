// VXLAN, RFC 7348: to a multicast group, or to a list of peers, with everything from and to one port.

import { isIPv6 } from "node:net";
import type { Link } from "../../host/link.js";
import { boundSocket, Tunnel } from "./tunnel.js";
import { readTunnelUrl } from "./tunnel-options.js";

const PORT = 4_789;

export async function openVxlan(rest: string): Promise<Link> {
  const { to, isMulticast, port, vni, ttl, from, expireMs } = readTunnelUrl(rest, PORT);
  const any = isIPv6(to[0]!) ? "::" : "0.0.0.0";
  const socket = await boundSocket(isMulticast || from === undefined ? any : from, port, false);
  if (isMulticast) {
    socket.addMembership(to[0]!, from);
    if (from !== undefined) socket.setMulticastInterface(from);
    socket.setMulticastTTL(ttl);
    socket.setMulticastLoopback(false);
  }
  return new Tunnel({
    name: `vxlan ${to.join(",")} vni=${vni}`,
    vni,
    expireMs,
    everybody: to.map((address) => ({ address, port })),
    sender: socket,
    receivers: [socket],
    isOwn: () => false,
    replyTo: ({ address }) => ({ address, port }),
    saysBye: false,
  });
}
