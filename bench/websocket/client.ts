// A client that costs the bench next to nothing: it writes messages, and counts what comes by its octets, since all frames
// of a load have one size.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { upgradeRequest } from "../../tests/node/upgrade.js";

const LENGTH_16 = 126;
const TYPE = 0x88b5;

/** Octets that a frame takes as a server sends it. */
export function messageSize(size: number): number {
  return size + (size < LENGTH_16 ? 2 : 4);
}

export class Client {
  readonly #socket: Socket;
  readonly #address: Buffer;
  /** Hears how many octets came. */
  onoctets: (octets: number) => void = () => {};

  constructor(socket: Socket, number: number) {
    this.#socket = socket;
    this.#address = addressOf(number);
    socket.setNoDelay();
    socket.on("error", () => {}); // the server is killed at the end
    socket.on("data", ({ length }) => this.onoctets(length));
  }

  /** So many frames to another, or to all, in one write. */
  send(to: number | undefined, size: number, count = 1): void {
    const head = size < LENGTH_16 ? [0x82, 0x80 | size] : [0x82, 0x80 | LENGTH_16, size >> 8, size & 255];
    const frame = Buffer.alloc(size);
    (to === undefined ? Buffer.alloc(6, 255) : addressOf(to)).copy(frame, 0);
    this.#address.copy(frame, 6);
    frame.writeUInt16BE(TYPE, 12);
    const message = Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), frame]); // masked with zeros: as it is
    this.#socket.write(count === 1 ? message : Buffer.concat(new Array<Buffer>(count).fill(message)));
  }

  /** Reads nothing any more. */
  stall(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }
}

function addressOf(number: number): Buffer {
  const address = Buffer.alloc(6);
  address[0] = 2;
  address.writeUInt32BE(number + 1, 2);
  return address;
}

/** Connects one, and waits for its upgrade. */
export async function connectClient(port: number, number: number, path = "/"): Promise<Client> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(upgradeRequest(path));
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (!answer.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error(answer.toString("latin1"));
  return new Client(socket, number);
}
