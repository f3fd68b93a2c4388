// What iplog does: it watches which IP addresses come in where, keeps the last sight of each, and tells what is new.

import * as abi from "../../assembly/abi.js";
import type { Capture } from "../../host/captures.js";
import { refuse } from "../../host/errors.js";
import type { PluginContext } from "../../host/plugin.js";
import { sight } from "../../host/plugins/sighting.js";
import { addressText } from "../native/address.js";
import { IpLog } from "./ip-log.js";
import { isSame, isWithin, type Range, rangeText, versionOf } from "./ip-ranges.js";
import { type Holder, IpTable } from "./ip-table.js";

export const NEW_IP = "iplog/newip";

export class IpWatch {
  readonly log: IpLog;
  expireMs = 360_000;
  readonly #context: PluginContext;
  readonly #table = new IpTable();
  #ranges: readonly Range[] = [];
  #gcMs = 10_000;
  #stopTap: (() => void) | undefined;
  #stopGc: () => void;

  constructor(context: PluginContext) {
    this.#context = context;
    this.log = new IpLog((text) => context.system.log(text));
    this.#stopGc = context.every(this.#gcMs, () => this.#expire());
  }

  get gcMs(): number {
    return this.#gcMs;
  }

  set gcMs(intervalMs: number) {
    this.#gcMs = intervalMs;
    this.#stopGc();
    this.#stopGc = this.#context.every(intervalMs, () => this.#expire());
  }

  /** EEXIST where there is this range already. */
  add(range: Range): void {
    if (this.#ranges.some((other) => isSame(range, other))) refuse("EEXIST", `${rangeText(range)} is watched`);
    this.#watch([...this.#ranges, range]);
  }

  /** ENOENT where there is no such range. Addresses that were seen stay until they expire. */
  remove(range: Range): void {
    const left = this.#ranges.filter((other) => !isSame(range, other));
    if (left.length === this.#ranges.length) refuse("ENOENT", `${rangeText(range)} is not watched`);
    this.#watch(left);
  }

  /** IPv4 first, each in the order in which they were added. */
  ranges(): readonly Range[] {
    return [...this.#ranges].sort((a, b) => a.network.length - b.network.length);
  }

  /** Those of `chosen`, from the one that was not seen for longest to the latest. */
  *list(chosen: (holder: Holder) => boolean): Generator<string> {
    for (const holder of this.#table.list().filter(chosen)) {
      const { address, port, uid } = holder;
      yield `${versionOf(address)} ${addressText(address)} port=${port} user=${this.#user(uid)}`;
    }
  }

  /** Frames are captured only while there is a range that they may be in. */
  #watch(ranges: readonly Range[]): void {
    this.#ranges = ranges;
    if (ranges.length > 0) this.#stopTap ??= this.#context.tap((capture) => this.#see(capture));
    else {
      this.#stopTap?.();
      this.#stopTap = undefined;
    }
  }

  #see({ port, outgoing, timeMs, frame }: Capture): void {
    const seen = outgoing ? undefined : sight(frame);
    if (seen === undefined) return;
    const { address, mac } = seen;
    const vlan = seen.vlan ?? this.#context.switch.vlans.pvid(port);
    const place = { address, vlan, mac, port, seenMs: timeMs };
    if (this.#table.touch(place)) return;
    if (!this.#ranges.some((range) => isWithin(address, range)) || !this.#isLetIn(vlan, port)) return;
    const endpoint = this.#endpoint(port);
    const holder = { ...place, address: address.slice(), uid: endpoint?.plug.uid };
    this.#table.put(holder);
    this.#tell(holder, endpoint?.description ?? "");
  }

  /** Whether the switch takes the frame at all: what it drops shows nobody's address. */
  #isLetIn(vlan: number, port: number): boolean {
    const { hub, vlans } = this.#context.switch;
    return hub || (vlan <= abi.VLAN_MAX && vlans.isMember(vlan, port));
  }

  #tell({ address, mac, port, vlan, uid }: Holder, description: string): void {
    const who = `mac=${macText(mac)} port=${port} vlan=${vlan} user=${this.#user(uid)} "${description}"`;
    const text = `${versionOf(address)} ${addressText(address)} ${who}`;
    this.log.write(text);
    this.#context.emit(NEW_IP, text);
  }

  /** The newest one: frames do not say by which endpoint of a port they came. */
  #endpoint(port: number) {
    const { ports } = this.#context.switch;
    return ports.has(port) ? ports.get(port).endpoints[0] : undefined;
  }

  #user(uid: number | undefined): string {
    return uid === undefined ? "NONE" : this.#context.system.userName(uid);
  }

  #expire(): void {
    const { startedMs, uptimeMs } = this.#context.switch;
    this.#table.expire(startedMs + uptimeMs, this.expireMs);
  }
}

function macText(mac: number): string {
  return mac
    .toString(16)
    .padStart(12, "0")
    .replace(/..(?=.)/g, "$&:");
}
