// What the commands for spanning tree print.

import type { Switch } from "../switch.js";
import type { Branch } from "../tree.js";
import type { Member } from "../vlans.js";
import { four } from "./text.js";

export type Shown = Pick<Switch, "fstp" | "vlans" | "mac" | "uptimeMs" | "ports">;

const TIMES_DEFAULT = "2 20 15";
const HOLD_DEFAULT = 6;

/** What VDE shows, and what was set here that VDE has not. */
export function* showInfo({ mac, fstp, ports }: Shown): Generator<string> {
  yield `MAC ${mac} Priority ${fstp.priority} (0x${fstp.priority.toString(16).padStart(4, "0")})`;
  yield `FSTP=${fstp.enabled}`;
  const { hello, maxAge, forwardDelay } = fstp.times;
  const times = `${hello} ${maxAge} ${forwardDelay}`;
  if (times !== TIMES_DEFAULT) yield `hello=${hello} maxage=${maxAge} delay=${forwardDelay}`;
  if (fstp.txHold !== HOLD_DEFAULT) yield `hold=${fstp.txHold}`;
  if (fstp.stpOnly) yield "stp=true";
  for (const { id } of ports.list()) {
    const options = [...fstp.options(id), ...(fstp.isShut(id) ? [shut(id)] : [])];
    const priority = fstp.portPriority(id) === 128 ? [] : [`priority=${fstp.portPriority(id)}`];
    const shown = [...priority, ...options];
    if (shown.length > 0) yield `Port ${four(id)} ${shown.join(" ")}`;
  }
}

/** What BPDU guard did to a port, and what undoes it. */
function shut(port: number): string {
  return `SHUT by bpduguard until unplugged: port/epclose ${port} ID`;
}

/** A tree as VDE prints it. */
export function* print(sw: Shown, vlan: number): Generator<string> {
  const { fstp, vlans } = sw;
  const bonus = fstp.bonus(vlan);
  const { rootId, bridgeId, rootPort, cost, ageMs } = fstp.tree(vlan);
  const isRoot = bridgeId === undefined;
  yield `FST DATA VLAN ${four(vlan)} ${isRoot ? "ROOTSWITCH" : ""} ${fstp.enabled ? "" : "FSTP IS DISABLED"}`;
  yield ` ++ root ${rootId}`;
  yield ` ++ designated ${bridgeId ?? "ff:ff:ff:ff:ff:ff:ff:ff"}`;
  const age = Math.floor((ageMs ?? sw.uptimeMs) / 1000);
  const bonuses = `bonusport ${four(bonus.port)} bonuscost ${bonus.cost | 0}`;
  yield ` ++ rootport ${four(rootPort ?? 0)} cost ${cost} age ${age} ${bonuses}`;
  for (const member of vlans.members(vlan)) {
    if (!member.open) continue;
    const { port, tagged } = member;
    const role = `${roleIn(sw, vlan, member)}${fstp.isShut(port) ? ` ${shut(port)}` : ""}`;
    yield ` -- Port ${four(port)} tagged=${Number(tagged)} portcost=${fstp.cost(port)} role=${role}`;
  }
}

/** Root, Designated, Alternate, Backup, Edge where a manager said so and no bridge came, Unknown where it is shut. */
export function roleIn({ fstp }: Pick<Shown, "fstp">, vlan: number, { port }: Member): string {
  const branch = fstp.branch(vlan, port);
  if (branch === undefined) return fstp.isShut(port) ? "Unknown" : fstp.isEdge(vlan, port) ? "Edge" : "Designated";
  return branch.isEdge && fstp.isEdge(vlan, port) ? "Edge" : branch.role;
}

const PEERS = { none: "nobody", rstp: "RSTP", stp: "STP", vde: "VDE", etherloom: "Etherloom" } as const;

/**
 * The tree from where this switch stands: above it the way to the root, below it the ports that lead away, dotted where
 * they are closed.
 */
export function* picture(sw: Shown, vlan: number): Generator<string> {
  const { fstp, vlans } = sw;
  const { ownId, rootId, bridgeId, rootPort, cost, changes, changedMs } = fstp.tree(vlan);
  const follows = vlan !== 0 && fstp.treeOf(vlan) === 0 ? ", follows VLAN 0" : "";
  yield `VLAN ${four(vlan)}${fstp.enabled ? "" : ", FSTP IS DISABLED"}${follows}`;
  if (bridgeId !== undefined && rootPort !== undefined) {
    yield `  ${rootId}  root`;
    if (bridgeId !== rootId) yield* ["     :", `  ${bridgeId}`];
    yield `     |  port ${four(rootPort)}, cost ${cost}`;
  }
  yield `  ${ownId}  this switch${bridgeId === undefined ? ", root" : ""}`;
  for (const { port, state } of vlans.members(vlan)) {
    const branch = fstp.branch(vlan, port);
    if (fstp.isShut(port)) yield `     +- x port ${four(port)}  ${shut(port)}`;
    if (branch === undefined || port === rootPort) continue;
    const line = state === "forwarding" ? "---" : "- x";
    yield `     +${line} port ${four(port)}  ${branch.role.padEnd(10)}  ${state.padEnd(10)}  ${behind(branch)}`;
  }
  const since = changes === 0 ? "" : `, the last ${Math.floor(changedMs / 1000)} s ago`;
  yield `  topology changes: ${changes}${since}`;
}

function behind({ peer, isEdge, isBridged, isPointToPoint, bridgeId, role }: Branch): string {
  const who = isEdge ? "edge" : isBridged && peer === "none" ? "a bridge without FSTP" : PEERS[peer];
  const where = role === "Alternate" || role === "Backup" ? ` at ${bridgeId}` : "";
  return `${who}${where}${isPointToPoint ? "" : ", shared"}`;
}
