// A gateway's world in a process of its own that has few descriptors: guests take what they can get, of each kind.

import { NodeBackend } from "../../host-node/gateway/backend.js";
import { descriptors, shortage } from "../../host-node/resources/process.js";

const [, , port = ""] = process.argv;
const backend = new NodeBackend();
const log: string[] = [];
shortage.tell((text) => void log.push(text));

type Take = (owner: string) => Promise<boolean>;

const takes: Readonly<Record<string, Take>> = {
  connections: (owner) =>
    new Promise((done) => {
      const stream = backend.connect({ host: "127.0.0.1", port: Number(port) }, owner);
      stream.onconnect = () => done(true);
      stream.onerror = () => done(false);
    }),
  async ports(owner) {
    try {
      backend.datagrams(4, () => {}, undefined, owner);
      return true;
    } catch {
      return false;
    }
  },
};

async function takeAll(take: Take, owner: string): Promise<number> {
  let count = 0;
  while (await take(owner)) count++;
  return count;
}

const found = {
  first: await takeAll(takes["connections"]!, "first"),
  second: await takeAll(takes["ports"]!, "second"),
  third: await takeAll(takes["connections"]!, "third"),
  plugs: descriptors.left("plug"),
  consoles: descriptors.left("console"),
  log,
};
process.send?.(found);
process.exit();
