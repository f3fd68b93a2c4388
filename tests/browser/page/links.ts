// Every kind of link of a page, and what each link must do.

import {
  borrow,
  broadcastChannel,
  broadcastSignalling,
  browserClock,
  CABLE,
  dataChannel,
  emulator,
  inBrowser,
  type Link,
  type Machine,
  messagePort,
  openSwitch,
  webRtc,
  wireFrom,
} from "etherloom/browser";
import { type Promises, WISHES } from "../../conformance/wishes.js";
import { until } from "../../interop/wait.js";

type Pair = readonly [Link, Link];

interface Kind extends Promises {
  /** The two ends of a fresh path. `name` is like no other. */
  open(name: string): Promise<Pair>;
}

/** What is undone after a wish, beside closing the links. */
const undos: (() => unknown)[] = [];

const KINDS: Readonly<Record<string, Kind>> = {
  "message port": {
    async open() {
      const { port1, port2 } = new MessageChannel();
      return [messagePort(port1), messagePort(port2)];
    },
  },
  "wire before a message port": {
    async open() {
      const { port1, port2 } = new MessageChannel();
      const bad = wireFrom("delay=3,bandwidth=10M", { seed: 1, clock: browserClock });
      return [bad(messagePort(port1)), messagePort(port2)];
    },
  },
  "broadcast channel": {
    tellsOfClose: false,
    open: async (name) => met(broadcastChannel(name), broadcastChannel(name)),
  },
  inbrowser: {
    tellsOfClose: false,
    open: async (name) => [inBrowser(Number(name)), inBrowser(Number(name))],
  },
  "data channel": { open: openDataChannels },
  "WebRTC mesh": {
    tellsOfClose: false,
    open: async (name) =>
      met(webRtc({ signalling: broadcastSignalling(name) }), webRtc({ signalling: broadcastSignalling(name) })),
  },
  emulator: {
    tellsOfClose: false,
    async open() {
      const [left, right] = [machine(() => right), machine(() => left)] as [Machine, Machine];
      return [emulator(left), emulator(right)];
    },
  },
  "two lent ports of a switch": {
    tellsOfClose: false,
    async open() {
      const sw = await openSwitch({ hub: true, mtu: 9216 });
      undos.push(() => sw.close());
      return [await borrow(sw.lend().handle), await borrow(sw.lend().handle)];
    },
  },
};

/** A machine whose guest sends on the other one's network what it hears. */
function machine(other: () => Machine): Machine {
  return { send: (frame) => other().onframe(frame), onframe: () => {} };
}

async function met<T extends Link & { readonly peers: number }>(left: T, right: T): Promise<Pair> {
  await until("they have met", () => left.peers === 1 && right.peers === 1);
  return [left, right];
}

async function openDataChannels(): Promise<Pair> {
  const [left, right] = [new RTCPeerConnection(), new RTCPeerConnection()];
  undos.push(
    () => left.close(),
    () => right.close(),
  );
  left.onicecandidate = ({ candidate }) => candidate && right.addIceCandidate(candidate);
  right.onicecandidate = ({ candidate }) => candidate && left.addIceCandidate(candidate);
  const incoming = new Promise<RTCDataChannel>((done) => {
    right.ondatachannel = ({ channel }) => done(channel);
  });
  const outgoing = left.createDataChannel("cable", CABLE);
  await left.setLocalDescription();
  await right.setRemoteDescription(left.localDescription!);
  await right.setLocalDescription();
  await left.setRemoteDescription(right.localDescription!);
  const pair = [outgoing, await incoming] as const;
  await until("both are open", () => pair.every(({ readyState }) => readyState === "open"));
  return [dataChannel(pair[0]), dataChannel(pair[1])];
}

export const kinds = () => Object.keys(KINDS);

let count = 0;

export async function grant(kind: string, wish: string): Promise<void> {
  const { open, ...promises } = KINDS[kind]!;
  const [left, right] = await open(String(++count));
  try {
    await WISHES[wish]!(left, right, promises);
  } finally {
    left.close();
    right.close();
    for (const undo of undos.splice(0).reverse()) await undo();
  }
}
