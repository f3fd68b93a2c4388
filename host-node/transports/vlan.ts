// Another link, in a VLAN. What is sent without a tag leaves with that of the VLAN, or as it is; what comes with it is
// given without. Tags that are listed are let through, each as what it is on the other side.

import { BaseLink } from "../../host/base-link.js";
import { refuse } from "../../host/errors.js";
import type { Frame, Link } from "../../host/link.js";
import { readParameters, splitWords, wholeNumber } from "../../host/vde/parameters.js";
import { linkOf } from "../cable/link.js";
import { openLink, type PlugOptions } from "./open.js";

const TYPE = 0x8100;
const VLAN_MAX = 4_094;
const NONE = 0;
const FRAME_OCTETS = 9_300;
const KEYS = { untag: "value", trunk: "flag", tag: "list" } as const;

/** What becomes of a VLAN on the other side: its number there, NONE for a frame without a tag, undefined for a drop. */
type Translation = (vlan: number) => number | undefined;

/** `vlan://12[untag=3/trunk/tag=10:11-12]{URL}` */
export async function openVlan(rest: string, options: PlugOptions): Promise<Link> {
  const [, own = "", inside = "", nested] = /^(\d*)(?:\[(.*?)\])?\{(.*)\}$/s.exec(rest) ?? [];
  if (nested === undefined) refuse("EINVAL", `vlan://${rest}: vlan://NUMBER[OPTIONS]{URL} is wanted`);
  const { untag, trunk: isTrunk = false, tag = [] } = readParameters(splitWords(inside), KEYS);
  const untagged = own === "" ? NONE : vlanNumber(own);
  const inner = untag === undefined ? NONE : vlanNumber(untag);
  const pairs = [[inner, untagged], ...tag.flatMap(tagPairs)] as [number, number][];
  const outward = translation(pairs, isTrunk);
  const inward = translation(
    pairs.map(([here, there]) => [there, here]),
    isTrunk,
  );
  return new VlanLink(linkOf(await openLink(nested, options)), outward, inward);
}

function vlanNumber(text: string): number {
  return wholeNumber("a VLAN", text, 0, VLAN_MAX);
}

/** "10:11-12" is 10 here and 11 there, and 12 on both sides. */
function tagPairs(text: string): [number, number][] {
  return text.split("-").map((pair) => {
    const [here = "", there = here] = pair.split(":");
    return [vlanNumber(here), vlanNumber(there)];
  });
}

function translation(pairs: readonly [number, number][], isTrunk: boolean): Translation {
  const table = new Map([...pairs].reverse());
  return (vlan) => table.get(vlan) ?? (isTrunk ? vlan : undefined);
}

class VlanLink extends BaseLink {
  readonly #link: Link;
  readonly #outward: Translation;
  readonly #room = [new Uint8Array(FRAME_OCTETS), new Uint8Array(FRAME_OCTETS)] as const;

  constructor(link: Link, outward: Translation, inward: Translation) {
    super(`vlan ${link.name}`);
    this.#link = link;
    this.#outward = outward;
    link.onclose = (reason) => this.end(reason);
    link.onframe = (frame) => {
      const changed = retag(frame, inward, this.#room[1]);
      if (changed !== undefined) this.take(changed);
    };
  }

  /** A frame that the VLANs keep out is taken, and goes nowhere. */
  send(frame: Frame): boolean {
    const changed = retag(frame, this.#outward, this.#room[0]);
    return changed === undefined || this.#link.send(changed);
  }

  protected shut(): void {
    this.#link.close();
  }
}

/** The frame as it is on the other side. Priority stays with a tag that stays. */
function retag(frame: Frame, translate: Translation, room: Uint8Array): Frame | undefined {
  const isTagged = frame.length >= 18 && ((frame[12]! << 8) | frame[13]!) === TYPE;
  const tci = isTagged ? (frame[14]! << 8) | frame[15]! : 0;
  const vlan = translate(tci & 0xfff);
  if (vlan === undefined || frame.length < 14 || frame.length + 4 > room.length) return undefined;
  const rest = frame.subarray(isTagged ? 16 : 12);
  const header = vlan === NONE ? 12 : 16;
  room.set(frame.subarray(0, 12));
  if (vlan !== NONE) new DataView(room.buffer).setUint32(12, ((TYPE << 16) | (tci & 0xf000) | vlan) >>> 0);
  room.set(rest, header);
  return room.subarray(0, header + rest.length);
}
