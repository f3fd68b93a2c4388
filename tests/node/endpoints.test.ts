// What is read of descriptors into a core of the test's own, where its memory is short.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { Core } from "../../host/core.js";
import { startCore } from "../../host/engine.js";
import type { Frame } from "../../host/link.js";
import { Endpoints } from "../../host-node/dataplane/endpoints.js";
import { epollCreate } from "../../host-node/native/epoll.js";
import { addressOf, close } from "../../host-node/native/libc.js";
import { bindTo, connectTo, SOCK_DGRAM, sendOctets, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";
import { loadCore } from "../../host-node/wasm.js";
import { tcpFrame } from "../core/internet.js";
import { vnet } from "../core/taps.js";
import { inLab, type Lab } from "../interop/lab.js";
import { SECRET } from "../lab.js";

const test = suite("endpoints");
const STALLED = 6;
/** As many as a Unix socket holds by default. */
const FRAMES = 10;
const MSS = 1_448;

/** A core, and what reads for it. */
function ends(lab: Lab) {
  const functions = loadCore();
  const core = new Core(functions.memory.buffer, (name, ...args) => functions[name](...args));
  const base = addressOf(functions.memory.buffer);
  startCore(core, BigUint64Array.from(SECRET), base);
  const epoll = epollCreate();
  lab.later(() => close(epoll));
  const plug = (port: number, kind: number, fd = -1): number => {
    functions.portCreate(port);
    return functions.plug(port, kind, fd, 0);
  };
  /** Lets a frame come in by an endpoint. */
  const hear = (endpoint: number, head: Uint8Array, frame: Frame): void => {
    core.octets.set(head, core.u64(abi.TAP_PIECES) - base);
    core.octets.set(frame, core.u64(abi.TAP_PIECES + abi.IOVEC_SIZE) - base);
    functions.receiveTap(endpoint, frame.length, 0);
  };
  return { functions, core, plug, hear, endpoints: new Endpoints(functions, epoll, base) };
}

/** A frame for a station that needs a large slot, and ten of which a socket sends. */
function largeTo(station: number): Frame {
  const frame = tcpFrame(4, 10_000);
  frame.set([2, 0, 0, 0, 0, station]);
  return frame;
}

/** What a station says so that its place is known. */
function helloOf(station: number): Frame {
  const frame = new Uint8Array(60);
  frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, station]);
  return frame;
}

test(
  "a tap is read as far as there are large slots, however many plugs stall",
  inLab(async (lab) => {
    const { functions, core, plug, hear, endpoints } = ends(lab);
    const [near, far] = ["near", "far"].map((name) => {
      const fd = unixSocket(SOCK_DGRAM);
      lab.later(() => close(fd));
      bindTo(fd, sockaddrUn(lab.path(name)), name);
      return fd;
    }) as [number, number];
    connectTo(far, sockaddrUn(lab.path("near")), "near");
    const [tap, other] = [plug(1, abi.KIND_TAP, near), plug(2, abi.KIND_TAP)];
    for (let station = 10; station < 10 + STALLED; station++) {
      const stalled = plug(station, abi.KIND_OFFLOAD);
      hear(stalled, new Uint8Array(abi.VNET_SIZE), helloOf(station));
      functions.sent(other, functions.prepare(other));
      functions.wait(stalled, 0);
      for (let i = 0; i < abi.LARGE_COUNT; i++) hear(tap, vnet(largeTo(station), MSS), largeTo(station));
    }
    hear(other, new Uint8Array(abi.VNET_SIZE), helloOf(2));
    const octets = Uint8Array.from([...vnet(largeTo(2), MSS), ...largeTo(2)]);
    for (let i = 0; i < FRAMES; i++) sendOctets(far, octets);
    let taken = 0;
    for (let i = 0; i < FRAMES; i++) {
      assert.is(endpoints.read(tap, 0), 0);
      const count = functions.prepare(other);
      functions.sent(other, count);
      taken += count;
    }
    assert.is(taken, FRAMES);
    assert.is(core.u64(abi.PORTS + 2 * abi.PORT_SIZE + abi.PORT_DROPS + 8 * abi.DROP_SHARE), 0);
  }),
);

test.run();
