// A server that sends back what it gets, by TCP and UDP at the same port of the loopback. Prints the port.

import { createSocket } from "node:dgram";
import { type AddressInfo, createServer } from "node:net";

const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const datagrams = createSocket("udp4");
  datagrams.on("message", (octets, { port, address }) => datagrams.send(octets, port, address));
  datagrams.on("error", () => {});
  datagrams.bind(port, "127.0.0.1", () => console.log(`port ${port}`));
});
