// What plugs do to a switch: those that never read, that come and go, that ask for the impossible, and hostile frames.

import { createConnection, type Socket } from "node:net";
import { sockaddrUn } from "../../host-node/native/socket.js";
import type { Plug } from "../interop/plug.js";
import type { Mischief } from "./mischief-console.js";
import { ethernet, type Place, pause, tryPlug } from "./place.js";

const BRIDGES = [0x01, 0x80, 0xc2, 0, 0, 0];

async function plugs({ folder, sock }: Place, count: number): Promise<Plug[]> {
  const made = await Promise.all(Array.from({ length: count }, () => tryPlug(folder, sock)));
  return made.filter((plug) => plug !== undefined);
}

/**
 * Sends frames, so many every five milliseconds. Nearly all of them are flooded, so that they are what honest plugs have
 * to read as well: more than these, and two cores are busy with reading alone.
 */
async function flood(plug: Plug, count: number, make: () => Uint8Array, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    for (let i = 0; i < count; i++) plug.offer(make());
    await pause(5);
  }
}

/** Plugs that never read, and one that broadcasts to them. */
const silent: Mischief = async (place, chance, stop) => {
  const [loud, ...others] = await plugs(place, 2 + chance.below(30));
  if (loud !== undefined) await flood(loud, 5, () => ethernet(-1, 0x0b01, 9_000), stop);
  for (const plug of [...others, ...(loud ? [loud] : [])]) plug.close();
};

const churn: Mischief = async (place, _chance, stop) => {
  while (!stop.aborted) for (const plug of await plugs(place, 4)) plug.close();
};

/** Stations by the thousand. */
const stations: Mischief = async (place, chance, stop) => {
  const [plug] = await plugs(place, 1);
  if (plug === undefined) return;
  await flood(plug, 10, () => ethernet(chance.below(2 ** 31), chance.below(2 ** 31), 60), stop);
  plug.close();
};

/** Frames of any length and content: tags, BPDUs, IP with lengths that lie. */
const frames: Mischief = async (place, chance, stop) => {
  const [plug] = await plugs(place, 1);
  if (plug === undefined) return;
  const types = [0x8100, 0x88a8, 0x0800, 0x86dd, 0x0806, 0x0026, chance.below(65_536)];
  const make = () => {
    const frame = ethernet(-1, 0x0b02, 14 + chance.below(9_300), chance.pick(types));
    for (let at = 14; at < Math.min(frame.length, 120); at++) frame[at] = chance.below(256);
    if (chance.below(4) === 0) frame.set(BRIDGES);
    return frame.subarray(0, chance.below(8) === 0 ? chance.below(14) : frame.length);
  };
  await flood(plug, 10, make, stop);
  plug.close();
};

/** Connections that ask for nothing, or for half of something. */
const halfOpen: Mischief = async ({ sock }, chance, stop) => {
  const sockets: Socket[] = [];
  for (let i = 0; i < 200 && !stop.aborted; i++) {
    const socket = createConnection(`${sock}/ctl`).on("error", () => {});
    if (chance.below(2) === 0) socket.write(Buffer.from([0xce, 0xfa]));
    sockets.push(socket);
    await pause(2);
  }
  await pause(2_000, stop);
  for (const socket of sockets) socket.destroy();
};

/** Requests that no plug would make. */
const requests: Mischief = async ({ sock }, chance, stop) => {
  const names = ["/dev/log", `${sock}/ctl`, sock, "/nowhere", "", "\0abstract", "/proc/self/fd/0"];
  while (!stop.aborted) {
    const socket = createConnection(`${sock}/ctl`).on("error", () => {});
    const head = Buffer.alloc(12);
    head.writeUInt32LE(0xfeedface, 0);
    head.writeUInt32LE(chance.pick([3, 3, 1, 0, 9]), 4);
    head.writeInt32LE(chance.below(2 ** 31) * chance.pick([1, -1]), 8);
    socket.write(head);
    socket.write(sockaddrUn(chance.pick(names)));
    if (chance.below(2) === 0) socket.write(Buffer.alloc(chance.below(5_000), 0xff));
    await pause(3);
    socket.destroy();
  }
};

export const plugMischief: Readonly<Record<string, Mischief>> = { silent, churn, stations, frames, halfOpen, requests };
