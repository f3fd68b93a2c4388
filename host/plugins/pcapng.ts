// A pcapng file of what passes at the ports of a switch: each port an interface by its name, each frame with its time, its
// direction and its port. https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html

import type { Capture } from "../captures.js";
import { LINKTYPE_ETHERNET, SNAPLEN } from "./pcap.js";

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPTION_USER_APPLICATION = 4; // shb_userappl
const OPTION_NAME = 2; // if_name
const OPTION_FLAGS = 2; // epb_flags
const INBOUND = 1; // into the switch, which is the machine that captured
const OUTBOUND = 2;
const MICROSECONDS = 1000; // in a millisecond; the resolution where if_tsresol is absent

function padded(octets: number): number {
  return (octets + 3) & ~3;
}

/** A block of a type: its length stands at its start and at its end. */
function block(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = 12 + parts.reduce((sum, { length }) => sum + padded(length), 0);
  const octets = new Uint8Array(size);
  const view = new DataView(octets.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, size, true);
  view.setUint32(size - 4, size, true);
  let at = 8;
  for (const part of parts) {
    octets.set(part, at);
    at += padded(part.length);
  }
  return octets;
}

function words(...values: readonly number[]): Uint8Array {
  const octets = new Uint8Array(4 * values.length);
  const view = new DataView(octets.buffer);
  values.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return octets;
}

/** An option and the end of options. The text is of this program: ASCII. */
function option(code: number, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array(4 + padded(value.length) + 4);
  const view = new DataView(octets.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  octets.set(value, 4);
  return octets;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Writes the blocks of one file. */
export class Pcapng {
  /** Interfaces by port, in the order of their blocks. */
  readonly #interfaces = new Map<number, number>();

  /** What the file begins with. Its length is not told beforehand. */
  head(application = "Etherloom"): Uint8Array {
    const version = words(BYTE_ORDER_MAGIC, 1, 0xffffffff, 0xffffffff);
    return block(SECTION_HEADER, version, option(OPTION_USER_APPLICATION, ascii(application)));
  }

  /** A frame that passed at `wallMs`, in milliseconds since 1970, with its interface where it is the first one there. */
  frame({ port, outgoing, frame }: Capture, wallMs: number): Uint8Array[] {
    const known = this.#interfaces.get(port);
    const number = known ?? this.#interfaces.size;
    this.#interfaces.set(port, number);
    const stamp = Math.floor(wallMs) * MICROSECONDS;
    const head = words(number, Math.floor(stamp / 2 ** 32), stamp % 2 ** 32, frame.length, frame.length);
    const direction = option(OPTION_FLAGS, words(outgoing ? OUTBOUND : INBOUND));
    const packet = block(ENHANCED_PACKET, head, frame, direction);
    return known === undefined ? [description(port), packet] : [packet];
  }
}

function description(port: number): Uint8Array {
  const link = words(LINKTYPE_ETHERNET, SNAPLEN); // the upper two octets of the first are reserved
  return block(INTERFACE_DESCRIPTION, link, option(OPTION_NAME, ascii(`port ${port}`)));
}
