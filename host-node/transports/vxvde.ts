// VXVDE: a distributed switch of all programs that have joined a group. Each sends from a port of its own, which is where
// it is reached; many may be on one machine. A header without a frame says that its sender goes.

import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { refuse } from "../../host/errors.js";
import type { Link } from "../../host/link.js";
import { boundSocket, Tunnel } from "./tunnel.js";
import { readTunnelUrl } from "./tunnel-options.js";

const PORT = 14_789;

export async function openVxvde(rest: string): Promise<Link> {
  const { to, isMulticast, port, vni, ttl, from, expireMs } = readTunnelUrl(rest, PORT);
  const group = to[0]!;
  if (!isMulticast) refuse("EINVAL", `${group}: vxvde wants a multicast group`);
  const [receiver, sender] = [
    await boundSocket(group, port, true),
    await boundSocket(isIPv6(group) ? "::" : "0.0.0.0", 0, false),
  ];
  receiver.addMembership(group, from);
  if (from !== undefined) sender.setMulticastInterface(from);
  sender.setMulticastTTL(ttl);
  const own = sender.address().port;
  return new Tunnel({
    name: `vxvde ${group} vni=${vni}`,
    vni,
    expireMs,
    everybody: [{ address: group, port }],
    sender,
    receivers: [receiver, sender],
    isOwn: ({ address, port: sent }) => sent === own && isThisMachine(address),
    replyTo: ({ address, port: sent }) => ({ address, port: sent }),
    saysBye: true,
  });
}

function isThisMachine(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address === address));
}
