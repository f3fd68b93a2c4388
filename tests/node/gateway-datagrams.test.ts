// Datagrams of this machine, as the gateway has them: they come and go, and what did not arrive is told of.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bindDatagrams, openDatagrams } from "../../host-node/gateway/datagrams.js";
import { until } from "../interop/wait.js";

const test = suite("gateway datagrams");
const HELLO = Buffer.from("hello");

for (const [family, host] of [
  [4, "127.0.0.1"],
  [6, "::1"],
] as const)
  test(`of IPv${family} go and come, and are refused`, async () => {
    const echo = createSocket(family === 4 ? "udp4" : "udp6").bind(0, host);
    await once(echo, "listening");
    echo.on("message", (octets, { address, port }) => echo.send(octets, port, address));
    const { port } = echo.address();
    const heard: string[] = [];
    const failed: unknown[] = [];
    const own = openDatagrams(
      family,
      (octets, from, fromPort) => void heard.push(`${from} ${fromPort} ${Buffer.from(octets)}`),
      (fault, to, toPort) => void failed.push([fault, to, toPort]),
    );
    own.send(HELLO, host, port, 3);
    own.send(new Uint8Array(), host, port);
    await until("both came back", () => heard.length === 2);
    assert.equal(heard, [`${host} ${port} hello`, `${host} ${port} `]);
    await new Promise<void>((done) => echo.close(done));
    for (let i = 1; i <= 3; i++) {
      own.send(HELLO, host, port);
      await until("it is refused", () => failed.length >= i);
    }
    assert.equal(failed[0], [{ reason: "port", by: host }, host, port]);
    own.send(HELLO, host, 0);
    own.send(new Uint8Array(70_000), host, port);
    own.close();
    own.send(HELLO, host, port);
    own.close();
  });

test("a port that is taken is an error with an errno", async () => {
  const taken = await bindDatagrams("127.0.0.1", 0, () => {}).catch(() => undefined);
  const other = createSocket("udp4").bind(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address();
  const error = await bindDatagrams("127.0.0.1", port, () => {}).then(
    () => undefined,
    (reason: NodeJS.ErrnoException) => reason,
  );
  assert.is(error?.code, "EADDRINUSE");
  assert.match(error!.message, `127.0.0.1 port ${port}: address already in use`);
  taken?.close();
  await new Promise<void>((done) => other.close(done));
});

test.run();
