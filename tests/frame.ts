// Frames as words.
//
//   a > b                from station a to station b: a frame of 60 octets, the shortest on a cable
//   a > *                to everybody
//   a > 01:80:c2:00:00:00
//   a > b #7             with an 802.1Q tag for VLAN 7, and so 64 octets long
//   a > b #7p5d          priority 5, drop eligible
//   a > b #7 #8          two tags, the outer one first
//   a > b @7             an 802.1ad tag (88a8)
//   a > b /9216          9,216 octets in all
//
// The payload is a pattern. Where `words` finds another, it says "damaged".

import type { Frame } from "../host/link.js";

const C_TAG = 0x8100;
const S_TAG = 0x88a8;
const IPV4 = 0x0800;
const ADDRESSES = 12;
const TAG = 4;
const SHORTEST = 60;
const SENTENCE = /^(\S+) > (\S+?)((?: [#@]\d+(?:p[0-7])?d?)*)(?: \/(\d+))?$/;

export function frame(text: string): Frame {
  const [, source = "", destination = "", tags = "", size] = SENTENCE.exec(text) ?? [];
  if (source === "") throw new SyntaxError(`no frame: ${text}`);
  const header = [...mac(destination), ...mac(source), ...tags.split(" ").slice(1).flatMap(tag), ...u16(IPV4)];
  const whole = Number(size ?? SHORTEST + TAG * (tags.split(" ").length - 1));
  return Uint8Array.from({ length: whole }, (_, i) => header[i] ?? pattern(i - header.length));
}

export function words(octets: Frame): string {
  const tags: string[] = [];
  let at = ADDRESSES;
  for (; isTag(type(octets, at)); at += TAG) tags.push(tagText(type(octets, at), type(octets, at + 2)));
  const natural = SHORTEST + TAG * tags.length;
  const size = octets.length === natural ? [] : [`/${octets.length}`];
  const whole = octets.subarray(at + 2).every((octet, i) => octet === pattern(i));
  const damage = whole && type(octets, at) === IPV4 ? [] : ["damaged"];
  return [station(octets, 6), ">", station(octets, 0), ...tags, ...size, ...damage].join(" ");
}

/** Six octets: of a letter, of "*", or of "01:80:c2:00:00:00". */
export function mac(name: string): number[] {
  if (name === "*") return new Array(6).fill(255);
  if (name.length === 1) return [2, 0, 0, 0, 0, name.charCodeAt(0)];
  return name.split(":").map((octet) => Number.parseInt(octet, 16));
}

/** The address of a station by its letter, as a switch prints it. */
export function macOf(name: string): string {
  return mac(name)
    .map((octet) => octet.toString(16).padStart(2, "0"))
    .join(":");
}

function station(octets: Frame, at: number): string {
  const text = Array.from(octets.subarray(at, at + 6), (octet) => octet.toString(16).padStart(2, "0")).join(":");
  if (text === "ff:ff:ff:ff:ff:ff") return "*";
  const letter = String.fromCharCode(octets[at + 5] ?? 0);
  return text.startsWith("02:00:00:00:00:") && /[\w]/.test(letter) ? letter : text;
}

function pattern(i: number): number {
  return (i * 7 + (i >> 8)) & 255;
}

function type(octets: Frame, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
}

function isTag(value: number): boolean {
  return value === C_TAG || value === S_TAG;
}

function tag(text: string): number[] {
  const [, kind, vid, priority = 0, dei = ""] = /^([#@])(\d+)(?:p(\d))?(d?)$/.exec(text) ?? [];
  const tci = (Number(priority) << 13) | (dei === "d" ? 0x1000 : 0) | Number(vid);
  return [...u16(kind === "#" ? C_TAG : S_TAG), ...u16(tci)];
}

function tagText(kind: number, tci: number): string {
  const priority = tci >> 13 === 0 ? "" : `p${tci >> 13}`;
  return `${kind === C_TAG ? "#" : "@"}${tci & 0xfff}${priority}${(tci & 0x1000) === 0 ? "" : "d"}`;
}

function u16(value: number): number[] {
  return [value >> 8, value & 255];
}
