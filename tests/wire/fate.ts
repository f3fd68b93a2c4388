// What becomes of numbered frames on a wire, in a form that two hosts can compare. Pages run it too.

import type { Frame, Link, Wire } from "../../host/link.js";
import type { FilteredLink } from "../../host/wire/link.js";
import { until } from "../interop/wait.js";

const SIZE = 200;

/** Sends so many numbered frames, one by one, and tells of each that came: its number and the sum of its octets. */
export async function fates(wire: Wire, [near, far]: readonly [Link, Link], count: number): Promise<readonly string[]> {
  const heard: string[] = [];
  far.onframe = (frame) => void heard.push(fate(frame));
  const link = wire(near) as FilteredLink;
  for (let i = 0; i < count; i++) {
    const frame = new Uint8Array(SIZE);
    new DataView(frame.buffer).setUint32(0, i);
    link.send(frame);
  }
  await until("nothing waits", () => link.filter.channel(0).queued === 0);
  link.close();
  return heard;
}

function fate(frame: Frame): string {
  const sum = frame.reduce((sofar, octet, at) => (sofar * 31 + octet * (at + 1)) % 1_000_003, 0);
  return `${new DataView(frame.buffer, frame.byteOffset).getUint32(0)}: ${sum}`;
}
