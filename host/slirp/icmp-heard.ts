// What guests say against packets that they were sent: a port that nobody listens at, a frame that is too long for a way
// behind them. Only the guest that was sent the packet is believed, and of what it quotes only what could be.

import { sameAddress } from "./address.js";
import { type Packet, TCP, UDP } from "./packet.js";
import type { Ends } from "./tcp/flow.js";
import type { Tcp } from "./tcp/tcp.js";
import type { Udp } from "./udp.js";

const HEADER = 8;
/** Types, and codes of them: unreachable as a protocol or a port, or forbidden; and too long. */
const NOWHERE = { v4: [3, 2, 3, 9, 10, 13], v6: [1, 1, 4] };
const LONG = { v4: [3, 4], v6: [2, 0] };

export class IcmpHeard {
  readonly #tcp: Tcp;
  readonly #udp: Udp;

  constructor(tcp: Tcp, udp: Udp) {
    this.#tcp = tcp;
    this.#udp = udp;
  }

  /** Takes an error, or what is none. */
  input(packet: Packet): void {
    const { memory, at, size, width } = packet;
    const [type, code] = [memory.octets[at]!, memory.octets[at + 1]!];
    const is = ({ v4, v6 }: typeof LONG) => {
      const [wanted, ...codes] = width === 4 ? v4 : v6;
      return type === wanted && codes.includes(code);
    };
    const quoted = is(NOWHERE) || is(LONG) ? this.#quoted(packet) : undefined;
    if (quoted === undefined) return;
    const mtu = is(LONG) ? memory.u32(at + 4) & (width === 4 ? 0xffff : 0xffff_ffff) : undefined;
    if (quoted.protocol === TCP) this.#tcp.refused(quoted.ends, memory.u32(quoted.at + 4), mtu);
    else if (mtu === undefined && size > 0) this.#udp.refused(quoted.ends);
  }

  /** Whose packet it is about; undefined where it is nobody's, or says that it was for another guest. */
  #quoted(packet: Packet): { ends: Ends; protocol: number; at: number } | undefined {
    const { memory, size, width } = packet;
    const ip = packet.at + HEADER;
    const header = width === 4 ? (memory.octets[ip]! & 15) << 2 : 40;
    if (size < HEADER + header + HEADER || header < 20) return undefined;
    const protocol = memory.octets[ip + (width === 4 ? 9 : 6)]!;
    const from = ip + (width === 4 ? 12 : 8);
    const guest = memory.slice(from + width, width);
    if ((protocol !== TCP && protocol !== UDP) || !sameAddress(guest, packet.source())) return undefined;
    const at = ip + header;
    const ports = { farPort: memory.u16(at), guestPort: memory.u16(at + 2) };
    return { ends: { guest, far: memory.slice(from, width), ...ports }, protocol, at };
  }
}
