// What guests do to the gateway: connections and datagrams without end, leases for hardware that is not there, questions
// that nobody answers, files that hang.

import { SYN } from "../../host/slirp/tcp/segment.js";
import { MadeGuest } from "../slirp/guest.js";
import type { Mischief } from "./mischief-console.js";
import { type Place, pause, tryPlug } from "./place.js";

const GATEWAY = { gateway: { settings: { mac: Uint8Array.of(0x52, 0x55, 10, 0, 2, 2) } } as never };
const HOST = "10.0.2.2";
const NAMES = "10.0.2.3";

interface Sender {
  readonly guest: MadeGuest;
  readonly address: string;
  send(frames: readonly Uint8Array[]): void;
}

/** A guest with a plug of its own, which answers nothing. */
async function asGuest(place: Place, number: number, work: (sender: Sender) => Promise<void>): Promise<void> {
  const plug = await tryPlug(place.folder, place.sock);
  if (plug === undefined) return;
  const send = (frames: readonly Uint8Array[]) => {
    for (const frame of frames) plug.offer(frame);
    for (let i = 0; i < 50 && plug.receive() !== undefined; i++);
  };
  await work({ guest: new MadeGuest(GATEWAY, number), address: `10.0.2.${number}`, send });
  plug.close();
}

const connections: Mischief = (place, chance, stop) =>
  asGuest(place, 100, async ({ guest, address, send }) => {
    for (let port = 1_024; port < 2_024 && !stop.aborted; port++) {
      send(guest.tcp(address, port, HOST, place.echo, { sequence: chance.below(2 ** 31), flags: SYN }));
      if (port % 20 === 0) await pause(10);
    }
    await pause(2_000, stop);
  });

const datagrams: Mischief = (place, _chance, stop) =>
  asGuest(place, 101, async ({ guest, address, send }) => {
    for (let port = 1_024; port < 3_024 && !stop.aborted; port++) {
      send(guest.udp(address, port, HOST, place.echo, Buffer.from("hello")));
      if (port % 20 === 0) await pause(10);
    }
  });

/** DISCOVER and REQUEST for one made-up card after the other. */
const leases: Mischief = (place, chance, stop) =>
  asGuest(place, 102, async ({ guest, send }) => {
    for (let i = 0; i < 500 && !stop.aborted; i++) {
      const kind = chance.pick([1, 3, 4, 7]);
      send(guest.udp("0.0.0.0", 68, "255.255.255.255", 67, dhcp(kind, [2, 9, 9, 9, i >> 8, i & 255], i)));
      if (i % 10 === 0) await pause(10);
    }
  });

function dhcp(kind: number, hardware: readonly number[], wanted: number): Uint8Array {
  const message = new Uint8Array(260);
  message.set([1, 1, 6, 0, 1, 2, 3, 4]);
  message.set(hardware, 28);
  message.set([99, 130, 83, 99, 53, 1, kind, 50, 4, 10, 0, 2, 15 + (wanted % 240), 255], 236);
  return message;
}

const names: Mischief = (place, chance, stop) =>
  asGuest(place, 103, async ({ guest, address, send }) => {
    for (let i = 0; i < 500 && !stop.aborted; i++) {
      const label = `n${i}`;
      const opcode = chance.pick([0x01, 0x01, 0x28]);
      const head = [i >> 8, i & 255, opcode, 0, 0, 1, 0, 0, 0, 0, 0, 0, label.length];
      const question = Uint8Array.from([...head, ...Buffer.from(label), 7, ...Buffer.from("invalid"), 0, 0, 1, 0, 1]);
      send(guest.udp(address, 5_000 + i, NAMES, 53, question));
      if (i % 10 === 0) await pause(20);
    }
  });

/** Reads of a file that hangs, and of one that is outside of the folder. */
const files: Mischief = (place, chance, stop) =>
  asGuest(place, 104, async ({ guest, address, send }) => {
    for (let i = 0; i < 100 && !stop.aborted; i++) {
      const request = Buffer.from(`\0\x01${chance.pick(["fifo", "../secret", "missing", "boot"])}\0octet\0`);
      send(guest.udp(address, 6_000 + i, HOST, 69, request));
      await pause(20);
    }
  });

export const guestMischief: Readonly<Record<string, Mischief>> = { connections, datagrams, leases, names, files };
