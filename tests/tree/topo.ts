// Spanning-tree scenarios as text, after Open vSwitch's. A file has a scenario, or several under headings; a line is
//
//   switch A 0x1000  B 0x8000 02:00:00:00:00:07    bridges: name, priority, and an address where their order is not it
//   stp B                         B speaks as 802.1D-1998 does
//   vlans 0 10                    the trees that are looked at; every port is in all of them, tagged but in VLAN 0
//   times 2 40 21                 hello, max age and forward delay of all, in seconds
//   wires 5ms loss 10% late 10%   what cables do to frames
//   cable L=A.1-B.1  A.2-B.2      cables, with names where they are to be pulled
//   hub H=A.1,B.2,C.1             a cable with several ends; or one where nobody notices who leaves
//   port A.1 cost 20000 priority 112 rootguard bpduguard edge vlans 0,10
//   run 20s, settle               lets time pass; until nothing has changed for 45 s, and then floods every VLAN
//   flood [10] A                  the host at A broadcasts: every host of A's tree hears the frame once, and no other twice
//   in L, out L, up A, down A, open A.1, shut A.1, priority A 0 [10], bonus 10 A.1 5000: what happens
//   tree [10] A D1 R2 | root A cost 0 by 0         what a bridge is to know, and the role of each port by its letter:
//                                 Root, Designated, Alternate, Backup, - where it takes no part. R and D forward.

import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import type { Role } from "./bridge.js";
import { Network } from "./network.js";
import type { Cable, Node, Place } from "./places.js";

const ROLES: Readonly<Record<string, Role>> = {
  R: "Root",
  D: "Designated",
  A: "Alternate",
  B: "Backup",
  "-": "Disabled",
};
/** Options of a port. */
const OPTIONS: Readonly<Record<string, number>> = {
  rootguard: abi.SPAN_ROOT_GUARD,
  bpduguard: abi.SPAN_BPDU_GUARD,
  bpdufilter: abi.SPAN_BPDU_FILTER,
  loopguard: abi.SPAN_LOOP_GUARD,
};
const QUIET_MS = 45_000;
const SETTLE_MS = 300_000;

function each(names: readonly string[], act: (name: string) => void): void {
  for (const name of names) act(name);
}

/** A scenario under way. */
export class Topology {
  readonly network = new Network();
  readonly #nodes = new Map<string, Node>();
  readonly #places = new Map<string, Place>();
  readonly #cables = new Map<string, Cable>();
  readonly #settings = new Map<string, { options: number; vlans: readonly number[] | undefined }>();

  /** Runs the lines of a scenario. Throws at the first that does not hold, and names it. */
  run(lines: readonly string[]): void {
    for (const line of lines) {
      try {
        this.#do(line);
      } catch (error) {
        if (error instanceof Error) error.message = `${line}: ${error.message}`;
        throw error;
      }
    }
  }

  #do(line: string): void {
    const [verb = "", ...words] = line.trim().split(/\s+/);
    const verbs: Readonly<Record<string, (words: readonly string[]) => void>> = {
      switch: (all) => this.#addSwitches(all),
      stp: (all) => each(all, (name) => this.#speakStp(this.#node(name))),
      vlans: (all) => this.#watch(all.map(Number)),
      times: (all) => this.#setTimes(all.map(Number)),
      wires: (all) => this.#setWires(all),
      cable: (all) => each(all, (text) => this.#join(text, "-")),
      hub: (all) => each(all, (text) => this.#join(text, ",")),
      port: ([name = "", ...rest]) => this.#setPort(name, rest),
      run: ([time]) => void this.network.run(Number.parseFloat(time ?? "0") * 1000),
      settle: () => this.#settle(),
      flood: (all) => this.#flood(this.#node(all.at(-1) ?? ""), Number(all.length > 1 ? all[0] : 0)),
      in: (all) => each(all, (name) => this.#setCable(name, true)),
      out: (all) => each(all, (name) => this.#setCable(name, false)),
      up: (all) => each(all, (name) => this.#setUp(this.#node(name), true)),
      down: (all) => each(all, (name) => this.#setUp(this.#node(name), false)),
      open: (all) => each(all, (name) => this.#setUp(this.#place(name), true)),
      shut: (all) => each(all, (name) => this.#setUp(this.#place(name), false)),
      priority: ([name = "", value, vid = "0"]) => this.#setPriority(this.#node(name), Number(value), Number(vid)),
      bonus: ([vid, name = "", cost]) => this.#setBonus(Number(vid), this.#place(name), Number(cost)),
      tree: (all) => this.#expect(all),
    };
    const act = verbs[verb];
    if (act === undefined) throw new SyntaxError(`no such verb: ${verb}`);
    act(words);
  }

  #node(name: string): Node {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new SyntaxError(`no switch ${name}`);
    return node;
  }

  #addSwitches(words: readonly string[]): void {
    for (let i = 0; i < words.length; i += 2) {
      const [name = "", priority, mac] = words.slice(i, i + 3);
      const octets = mac?.includes(":") ? mac.split(":").map((octet) => Number.parseInt(octet, 16)) : undefined;
      const own = octets ?? [2, 0, 0, 0, 0, this.#nodes.size + 1];
      if (octets !== undefined) i++;
      this.#nodes.set(name, this.network.add(name, Number(priority), own));
    }
  }

  #speakStp({ bridge }: Node): void {
    bridge.core.setU8(abi.CONFIG + abi.CONFIG_STP_ONLY, 1);
    bridge.call(this.network.nowMs, "fstpUpdate");
  }

  #watch(vids: readonly number[]): void {
    this.network.vids = vids;
    for (const { bridge } of this.#nodes.values())
      for (const vid of vids) if (vid !== 0) bridge.call(this.network.nowMs, "vlanCreate", vid);
  }

  #setTimes([hello = 2, maxAge = 20, delay = 15]: readonly number[]): void {
    for (const { bridge } of this.#nodes.values()) bridge.setTimes(hello, maxAge, delay);
  }

  #setWires(words: readonly string[]): void {
    const permille = (name: string) => 10 * Number.parseFloat(words[words.indexOf(name) + 1] ?? "0");
    this.network.wires = {
      delayMs: Number.parseFloat(words[0] ?? "1"),
      loss: words.includes("loss") ? permille("loss") : 0,
      late: words.includes("late") ? permille("late") : 0,
    };
  }

  /** A port by its name, made when it is first named. */
  #place(name: string): Place {
    const found = this.#places.get(name);
    if (found !== undefined) return found;
    const [node = "", port] = name.split(".");
    const { options = 0, vlans } = this.#settings.get(name) ?? {};
    const place = this.network.place(this.#node(node), Number(port), { options });
    for (const vid of vlans ?? this.network.vids)
      if (vid !== 0) place.node.bridge.call(this.network.nowMs, "vlanJoin", vid, place.port);
    this.#places.set(name, place);
    return place;
  }

  #join(text: string, between: string): void {
    const [name, ends = name] = text.includes("=") ? text.split("=") : [text, text];
    const places = (ends ?? "").split(between).map((end) => this.#place(end));
    for (const cable of this.network.cables) cable.places = cable.places.filter((place) => !places.includes(place));
    const isHub = between === ",";
    if (isHub) for (const place of places) this.#setOptions(place, abi.SPAN_SHARED);
    this.#cables.set(name ?? text, this.network.cable(places, isHub));
  }

  #setOptions({ node, port }: Place, options: number): void {
    const now = node.bridge.core.u8(abi.SPANS + port * abi.SPAN_SIZE + abi.SPAN_OPTIONS);
    node.bridge.setPort(port, { options: now | options }, this.network.nowMs);
  }

  #setPort(name: string, words: readonly string[]): void {
    const after = (word: string) => words[words.indexOf(word) + 1] ?? "";
    if (words.includes("vlans")) this.#settings.set(name, { options: 0, vlans: after("vlans").split(",").map(Number) });
    const place = this.#place(name);
    const { node, port } = place;
    if (words.includes("cost")) node.bridge.setPort(port, { cost: Number(after("cost")) }, this.network.nowMs);
    if (words.includes("priority"))
      node.bridge.setPort(port, { priority: Number(after("priority")) }, this.network.nowMs);
    for (const [option, bit] of Object.entries(OPTIONS)) if (words.includes(option)) this.#setOptions(place, bit);
    if (words.includes("plain")) node.bridge.setPort(port, { options: 0 }, this.network.nowMs);
    if (!words.includes("edge")) return;
    node.bridge.core.put(abi.VLANS + abi.VLAN_EDGE, port, true);
    node.bridge.call(this.network.nowMs, "fstpUpdate");
  }

  #setCable(name: string, isUp: boolean): void {
    const cable = this.#cables.get(name);
    if (cable === undefined) throw new SyntaxError(`no cable ${name}`);
    cable.isUp = isUp;
    this.network.refresh();
  }

  #setUp(what: Node | Place, isUp: boolean): void {
    what.isUp = isUp;
    this.network.refresh();
  }

  #setPriority(node: Node, priority: number, vid: number): void {
    if (vid === 0) this.network.setPriority(node, priority);
    else node.bridge.setPriority(priority, this.network.nowMs, node.bridge.treeOf(vid));
  }

  #setBonus(vid: number, { node, port }: Place, cost: number): void {
    const vlan = abi.VLANS + vid * abi.VLAN_SIZE;
    node.bridge.core.setU32(vlan + abi.VLAN_BONUS_PORT, port);
    node.bridge.core.setU32(vlan + abi.VLAN_BONUS, cost);
    node.bridge.call(this.network.nowMs, "fstpUpdate");
  }

  #settle(): void {
    this.network.run(SETTLE_MS, QUIET_MS);
    const from = this.network.nodes.find(({ isUp }) => isUp);
    if (from !== undefined) for (const vid of this.network.vids) this.#flood(from, vid);
  }

  #flood(from: Node, vid: number): void {
    const copies = this.network.flood(from, vid);
    for (const node of this.network.nodes) {
      if (node === from || !node.isUp) continue;
      const count = copies.get(node) ?? 0;
      const isInTree = node.bridge.root(vid).rootId === from.bridge.root(vid).rootId;
      assert.ok(
        count === 1 || (count === 0 && !isInTree),
        `${node.name} hears ${from.name} ${count} times in VLAN ${vid}`,
      );
    }
  }

  #expect(words: readonly string[]): void {
    const vid = /^\d+$/.test(words[0] ?? "") ? Number(words[0]) : 0;
    const [name = "", ...rest] = /^\d+$/.test(words[0] ?? "") ? words.slice(1) : words;
    const { bridge } = this.#node(name);
    const bar = rest.includes("|") ? rest.indexOf("|") : rest.length;
    for (const word of rest.slice(0, bar)) {
      const role = ROLES[word[0] ?? ""];
      const port = Number(word.slice(1));
      const state = role === "Root" || role === "Designated" ? "Forwarding" : "Discarding";
      const isIn = bridge.isIn(port, vid);
      const found = isIn ? `${bridge.roleOf(port, vid)} ${bridge.stateOf(port, vid)}` : "Disabled Discarding";
      assert.is(`${name}.${port} ${found}`, `${name}.${port} ${role} ${state}`);
    }
    const [, root, , cost, , by] = rest.slice(bar + 1);
    if (root === undefined) return;
    const found = bridge.root(vid);
    const mac = found.rootId & 0xffff_ffff_ffffn;
    const best = [...this.#nodes.values()].find(({ id }) => (id & 0xffff_ffff_ffffn) === mac);
    assert.equal([best?.name, found.cost, found.port], [root, Number(cost), Number(by)], name);
  }
}

/** The scenarios of a file: each begins with "== name"; a file without headings is one. */
export function scenarios(text: string): { name: string; lines: string[] }[] {
  const found: { name: string; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const plain = line.replace(/#.*/, "").trim();
    if (plain.startsWith("== ")) found.push({ name: plain.slice(3), lines: [] });
    else if (plain !== "") {
      if (found.length === 0) found.push({ name: "", lines: [] });
      found.at(-1)?.lines.push(plain);
    }
  }
  return found;
}
