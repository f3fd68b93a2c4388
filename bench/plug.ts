// The client's side of VDE's control protocol v3, as libvdeplug plays it: sockets that block, and no buffer enlarged.

import { unlinkSync } from "node:fs";
import { bind, check, close } from "../host-node/native/libc.js";
import {
  bindTo,
  connectTo,
  MSG_DONTWAIT,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOCKADDR_UN_SIZE,
  sockaddrUn,
  unixSocket,
} from "../host-node/native/socket.js";
import { Vector } from "./vector.js";

const MAGIC = 0xfeedface;
const VERSION = 3;
const ANY_PORT = 0;
const F_SETFL = 4;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;

const cFcntl = bind<[number, number, number]>("int fcntl(int fd, int command, int argument)");
const cSetsockopt = bind<[number, number, number, Uint8Array, number]>(
  "int setsockopt(int fd, int level, int name, void *value, uint32_t size)",
);
const cRead = bind<[number, Uint8Array, number]>("long read(int fd, void *data, uint64_t size)");
const cWrite = bind<[number, Uint8Array, number]>("long write(int fd, void *data, uint64_t size)");

/** An endpoint: the stream that keeps it plugged in, and the socket its frames go through. */
export interface Plug {
  readonly ctl: number;
  readonly data: number;
}

/** Lets calls on a socket wait, but not for ever: a switch that hangs must not hang the bench. */
function makeBlocking(fd: number, timeoutMs: number): void {
  check(cFcntl(fd, F_SETFL, 0), "fcntl");
  const seconds = Math.floor(timeoutMs / 1000);
  const time = new Uint8Array(BigInt64Array.of(BigInt(seconds), BigInt((timeoutMs - seconds * 1000) * 1000)).buffer);
  check(cSetsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, time, time.length), "setsockopt SO_RCVTIMEO");
  check(cSetsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, time, time.length), "setsockopt SO_SNDTIMEO");
}

/** A stream to a switch's control socket on which nothing has been said yet. */
export function openControl(dir: string): number {
  const fd = unixSocket(SOCK_STREAM);
  makeBlocking(fd, 10_000);
  connectTo(fd, sockaddrUn(`${dir}/ctl`), `${dir}/ctl`);
  return fd;
}

function request(address: Uint8Array): Uint8Array {
  const description = new TextEncoder().encode("etherloom bench");
  const octets = new Uint8Array(12 + SOCKADDR_UN_SIZE + description.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, ANY_PORT, true);
  octets.set(address, 12);
  octets.set(description, 12 + SOCKADDR_UN_SIZE);
  return octets;
}

function readReply(ctl: number): Uint8Array {
  const reply = new Uint8Array(SOCKADDR_UN_SIZE);
  const got = check(cRead(ctl, reply, reply.length), "read", "the switch's reply to a plug");
  if (got !== SOCKADDR_UN_SIZE) throw new Error(`the switch answered a plug with ${got} octets`);
  return reply;
}

let serial = 0;

/** Plugs a new endpoint into the switch's first free port. */
export function plug(dir: string): Plug {
  const path = `${dir}/.bench-${process.pid}-${serial++}`;
  const data = unixSocket(SOCK_DGRAM);
  bindTo(data, sockaddrUn(path), path);
  const ctl = openControl(dir);
  const hello = request(sockaddrUn(path));
  check(cWrite(ctl, hello, hello.length), "write", `${dir}/ctl`);
  connectTo(data, readReply(ctl), "the switch's data socket");
  unlinkSync(path);
  makeBlocking(data, 100);
  return { ctl, data };
}

export function unplug({ ctl, data }: Plug): void {
  close(data);
  close(ctl);
}

/** Throws away what waits to be read. */
export function drain(plugs: readonly Plug[]): void {
  const vector = new Vector(64);
  for (const { data } of plugs) while (vector.receive(data, MSG_DONTWAIT) > 0);
}

/** Lets the switch learn where every port's address is, each from a frame to the first port. */
export async function announce(plugs: readonly Plug[]): Promise<void> {
  const vector = new Vector(1, 64);
  for (const [port, { data }] of plugs.entries()) {
    vector.frames[0]!.address(port, 0);
    vector.send(data, 1, 0);
    if (port % 32 === 31) await settle(plugs);
  }
  await settle(plugs);
}

async function settle(plugs: readonly Plug[]): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  drain(plugs);
}

/** Whether a frame gets from one endpoint to another, neither of which the switch has heard of. `port` is whose it is. */
export function reaches(from: Plug, to: Plug, port = 0): boolean {
  const vector = new Vector(1, 64);
  vector.frames[0]!.address(port, undefined);
  vector.send(from.data, 1, 0);
  return vector.receive(to.data, 0) === 1 && vector.frames[0]!.isLoad;
}
