// Guests that ask for addresses by DHCP, or say by ARP that they have one.

import { UDP } from "../../host/slirp/packet.js";
import { type Bench, MadeGuest, send } from "./guest.js";

export const [DISCOVER, REQUEST, DECLINE, ACK, NAK, RELEASE] = [1, 3, 4, 5, 6, 7];
const octetsOf = (text: string) => text.split(".").map(Number);

interface Message {
  /** What it says that its sender is; by itself, who sends it. */
  readonly mac?: Uint8Array;
  readonly wants?: string;
  readonly has?: string;
  readonly relay?: string;
  readonly isBootp?: true;
}

/** Sends a message of DHCP; returns what the answer says. */
export async function dhcp(lab: Bench, guest: MadeGuest, type: number, message: Message = {}) {
  const { mac = guest.mac, wants, has, relay, isBootp } = message;
  const octets = new Uint8Array(300);
  octets.set([1, 1, 6, 0, 9, 9, 9, 9]);
  octets.set(mac, 28);
  if (has !== undefined) octets.set(octetsOf(has), 12);
  if (relay !== undefined) octets.set(octetsOf(relay), 24);
  const option = wants === undefined ? [] : [50, 4, ...octetsOf(wants)];
  if (!isBootp) octets.set([0x63, 0x82, 0x53, 0x63, 53, 1, type, ...option, 255], 236);
  const from = type === RELEASE && has !== undefined ? has : "0.0.0.0";
  send(lab, guest.udp(from, 68, "255.255.255.255", 67, octets));
  const [answer] = (await lab.take()).filter(({ protocol, data }) => protocol === UDP && data[1] === 67);
  if (answer === undefined) return undefined;
  const { data } = answer;
  return { type: data[8 + 242], address: data.slice(8 + 16, 8 + 20).join("."), to: answer.frame.slice(0, 6) };
}

export function guests(lab: Bench, count: number): MadeGuest[] {
  return Array.from({ length: count }, (_, i) => new MadeGuest(lab, 15 + i));
}

export function claimByArp(guest: MadeGuest, address: string, mac = guest.mac): Uint8Array {
  const own = octetsOf(address);
  const head = [...Array(6).fill(255), ...guest.mac, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, ...mac, ...own];
  return Uint8Array.of(...head, 0, 0, 0, 0, 0, 0, ...own, ...Array(18).fill(0));
}
