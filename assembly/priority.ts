// Priority vectors: what is told of the way to the root, and which of two ways is better. 802.1D-2004 17.5, 17.6.

import * as abi from "./abi";
import * as bpdu from "./bpdu";
import { Branch, Tree } from "./tree";

/** A number below 0 where the first vector is better, above 0 where the second is. 17.6 */
export function compare(
  rootId: u64,
  cost: u32,
  bridgeId: u64,
  portId: u16,
  rootId2: u64,
  cost2: u32,
  bridgeId2: u64,
  portId2: u16,
): i32 {
  if (rootId != rootId2) return rootId < rootId2 ? -1 : 1;
  if (cost != cost2) return cost < cost2 ? -1 : 1;
  if (bridgeId != bridgeId2) return bridgeId < bridgeId2 ? -1 : 1;
  return <i32>portId - <i32>portId2;
}

/** Compares a message with what a branch holds. 17.21.8 */
export function compareMessage(message: usize, b: Branch): i32 {
  const root = bpdu.idAt(message, bpdu.ROOT_ID);
  const cost = bpdu.u32At(message, bpdu.COST);
  const bridge = bpdu.idAt(message, bpdu.BRIDGE_ID);
  const port = bpdu.u16At(message, bpdu.PORT_ID);
  return compare(root, cost, bridge, port, b.rootId, b.cost, b.bridgeId, b.portId);
}

/** Compares what a tree tells by a branch (designatedPriority, 17.19.4) with what the branch holds. */
export function compareDesignated(t: Tree, b: Branch): i32 {
  return compare(t.rootId, t.cost, t.ownId, idOf(b), b.rootId, b.cost, b.bridgeId, b.portId);
}

/** A port's identifier: 4 bits of priority, 12 of number. 9.2.7 */
export function idOf(b: Branch): u16 {
  const priority: u32 = load<u8>(abi.SPANS + <u32>b.port * abi.SPAN_SIZE, abi.SPAN_PRIORITY);
  return <u16>(((priority & 0xf0) << 8) | <u32>b.port);
}

/** The cost of the way by a branch, VDE's bonus taken off; at least 1, so that every bridge is worse than its parent. */
export function costOf(t: Tree, b: Branch): u32 {
  const vlan = abi.VLANS + <u32>t.vid * abi.VLAN_SIZE;
  const own = load<u32>(abi.SPANS + <u32>b.port * abi.SPAN_SIZE, abi.SPAN_COST);
  const cost = own == 0 ? abi.COST_DEFAULT : own;
  const bonus: i64 = load<u32>(vlan, abi.VLAN_BONUS_PORT) == <u32>b.port ? load<i32>(vlan, abi.VLAN_BONUS) : 0;
  return <u32>max<i64>(1, min<i64>(<i64>cost - bonus, <i64>0xffffffff));
}

/** Holds what is told by this bridge. */
export function hold(t: Tree, b: Branch): void {
  b.rootId = t.rootId;
  b.cost = t.cost;
  b.bridgeId = t.ownId;
  b.portId = idOf(b);
  b.age = t.age;
  b.maxAge = t.maxAge;
  b.hello = t.hello;
  b.forwardDelay = t.forwardDelay;
}

export function isTold(t: Tree, b: Branch): bool {
  if (compareDesignated(t, b) != 0) return false;
  return b.age == t.age && b.maxAge == t.maxAge && b.hello == t.hello && b.forwardDelay == t.forwardDelay;
}
