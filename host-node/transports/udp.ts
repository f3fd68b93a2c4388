// Frames in UDP datagrams, with nothing around them. An empty datagram says that the sender goes; it may come again.

import { refuse } from "../../host/errors.js";
import { wholeNumber } from "../../host/vde/parameters.js";
import { DatagramSide } from "../cable/datagrams.js";
import type { Side } from "../cable/side.js";
import { connectedUdp } from "../native/inet.js";
import { close } from "../native/libc.js";
import { sendOctets } from "../native/socket.js";

const PORT_MAX = 0xffff;

export async function openUdp(rest: string): Promise<Side> {
  const [, from, to] = /^(.*?)->(.+)$/s.exec(rest) ?? [];
  if (from === undefined || to === undefined)
    refuse("EINVAL", `udp://${rest}: udp://[ADDRESS:]PORT->HOST:PORT is wanted`);
  const own = endpoint(from.includes(":") ? from : `:${from}`);
  const peer = endpoint(to);
  if (peer.host === "") refuse("EINVAL", `udp://${rest}: a host is wanted, as in udp://5000->host:5000`);
  const { fd, address } = await connectedUdp(own, peer);
  const onclose = () => {
    sendOctets(fd, new Uint8Array());
    close(fd);
  };
  return new DatagramSide({ name: `udp ${address}:${peer.port}`, fd, onclose });
}

/** "host:5000", "[::1]:5000" or ":5000". */
function endpoint(text: string): { host: string; port: number } {
  const [, bracketed, plain = "", port = ""] = /^(?:\[(.*)\]|(.*)):([^:]*)$/s.exec(text) ?? [];
  return { host: bracketed ?? plain, port: wholeNumber("a port", port, 1, PORT_MAX) };
}
