// The client of Wisp against our server, version 1 and 2, and against MercuryWorkshop's, which has another author.

import { createHash, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WispDatagrams } from "../../host/wisp/datagrams.js";
import { EXTENSION, textOf } from "../../host/wisp/info.js";
import { NodeBackend } from "../../host-node/gateway/backend.js";
import { wisp } from "../../host-node/servers/websocket/wisp.js";
import { policyOf } from "../../host-node/transports/slirp.js";
import { freePort } from "../free-port.js";
import { inLab, type Lab } from "../interop/lab.js";
import { PATIENCE_MS, standsStill, until } from "../interop/wait.js";
import { connect, type DialOptions, dial, listening } from "./wisp-client.js";
import { dialWispJs, serveWispJs } from "./wisp-js.js";
import { serve } from "./ws.js";

const test = suite("wisp client");
/** The gateway's address, behind which is the loopback of the host. */
const GATEWAY = "10.0.2.2";

async function ours(lab: Lab): Promise<string> {
  const { at } = await serve(lab, { port: 0, handlers: { "/wisp": wisp(policyOf(""), new NodeBackend()) } });
  return at("wisp/");
}

interface Case {
  readonly name: string;
  readonly serve: (lab: Lab) => Promise<string>;
  readonly host: string;
  readonly options: DialOptions;
  readonly version: number;
  /** Our own extension. */
  readonly hasGrants: boolean;
}

const CASES: readonly Case[] = [
  { name: "our server", serve: ours, host: GATEWAY, options: {}, version: 2, hasGrants: true },
  { name: "our server, version 1", serve: ours, host: GATEWAY, options: { isOld: true }, version: 1, hasGrants: false },
  { name: "wisp-js", serve: serveWispJs, host: "127.0.0.1", options: {}, version: 2, hasGrants: false },
  {
    name: "wisp-js, version 1",
    serve: (lab) => serveWispJs(lab, { wisp_version: 1 }),
    host: "127.0.0.1",
    options: {},
    version: 1,
    hasGrants: false,
  },
];

for (const { name, serve: start, host, options, version, hasGrants } of CASES) {
  test(
    `${name}: a megabyte goes there and comes back`,
    inLab(async (lab) => {
      const port = await listening(lab, (socket) => socket.pipe(socket));
      const client = dial(lab, await start(lab), options);
      const heard = connect(client, host, port);
      await heard.connects();
      assert.is(client.info === undefined ? 1 : 2, version);
      assert.is(client.has(EXTENSION.grants), hasGrants);
      const sent = randomBytes(1 << 20);
      for (let at = 0; at < sent.length; at += 9_000) heard.stream.write(sent.subarray(at, at + 9_000));
      await until("all of it", () => heard.octets === sent.length);
      assert.ok(heard.data.equals(sent));
      assert.is(heard.stream.queued, 0);
      heard.stream.destroy();
    }),
  );

  test(
    `${name}: what the server has to say after our end still comes`,
    inLab(async (lab) => {
      const port = await listening(lab, (socket) => {
        const hash = createHash("md5");
        socket.on("data", (octets) => hash.update(octets));
        if (hasGrants) socket.on("end", () => socket.end(hash.digest("hex")));
        else socket.once("data", () => setTimeout(() => socket.end("an answer"), 100));
      });
      const heard = connect(dial(lab, await start(lab), options), host, port);
      await heard.connects();
      const sent = randomBytes(hasGrants ? 300_000 : 1_000);
      heard.stream.write(sent);
      heard.stream.end();
      await heard.ends();
      assert.is(heard.data.toString(), hasGrants ? createHash("md5").update(sent).digest("hex") : "an answer");
    }),
  );

  test(
    `${name}: a port where nobody is fails, and the connection lives on`,
    inLab(async (lab) => {
      const client = dial(lab, await start(lab), options);
      const code = await connect(client, host, await freePort()).fails();
      assert.is(code, hasGrants || name.startsWith("our") ? "ECONNREFUSED" : "ECONNRESET");
      const port = await listening(lab, (socket) => socket.end("here"));
      const heard = connect(client, host, port);
      await heard.ends();
      assert.is(heard.data.toString(), "here");
    }),
  );

  test(
    `${name}: datagrams go and come`,
    inLab(async (lab) => {
      const echo = createSocket("udp4");
      echo.on("message", (octets, { address, port }) => echo.send(octets, port, address));
      echo.bind(0, "127.0.0.1");
      await once(echo, "listening");
      lab.later(() => void echo.close());
      const heard: string[] = [];
      const client = dial(lab, await start(lab), options);
      const hears = (octets: Uint8Array, from: string) => void heard.push(`${Buffer.from(octets)} ${from}`);
      const socket = new WispDatagrams(client, () => host, hears);
      const { port } = echo.address();
      await until("an answer", () => {
        socket.send(Buffer.from("one"), "198.18.0.1", port); // which stands for it
        return heard.length > 0;
      });
      assert.is(heard[0], "one 198.18.0.1");
      socket.close();
    }),
  );

  test(
    `${name}: a guest that does not read makes the source wait, others do not, and all comes in the end`,
    inLab(async (lab) => {
      const size = 32 << 20;
      const chunk = randomBytes(1 << 16);
      let written = 0;
      const port = await listening(lab, (socket) => {
        const pour = () => {
          while (written < size) {
            written += chunk.length;
            if (!socket.write(chunk)) return;
          }
        };
        socket.on("drain", pour);
        pour();
      });
      let came = 0;
      const client = dial(lab, await start(lab), { ...options, onmessage: (octets) => (came += octets) });
      const slow = connect(client, host, port);
      slow.stream.pause();
      await standsStill("nothing comes any more", () => came);
      assert.ok(came < 6 << 20, `${came}`);
      if (hasGrants) {
        assert.ok(came < 1 << 20, `${came}`);
        assert.ok(written < 16 << 20, `${written}`); // what a kernel's sockets hold
        const other = connect(client, host, await listening(lab, (socket) => socket.end("quick")));
        await other.ends();
        assert.is(other.data.toString(), "quick");
      }
      const hash = createHash("md5");
      slow.stream.ondata = (octets) => {
        hash.update(octets);
        slow.octets += octets.length;
      };
      slow.stream.resume();
      await until("all of it", () => slow.octets === size, 2 * PATIENCE_MS);
      const all = createHash("md5");
      for (let at = 0; at < size; at += chunk.length) all.update(chunk);
      assert.is(hash.digest("hex"), all.digest("hex"));
    }),
  );
}

test(
  "our server: a stream is open when the world has accepted it, and not before",
  inLab(async (lab) => {
    const refused = connect(dial(lab, await ours(lab)), GATEWAY, await freePort());
    assert.is(await refused.fails(), "ECONNREFUSED");
    assert.is(refused.isConnected, false);
  }),
);

test(
  "our server: says where names are asked for, and why a stream may not be",
  inLab(async (lab) => {
    const client = dial(lab, await ours(lab));
    assert.is(await connect(client, "127.0.0.1", 80).fails(), "EACCES");
    assert.is(textOf(client.info!, EXTENSION.grants), "10.0.2.3");
  }),
);

test(
  "our server: what was written before the end arrives, however soon that comes",
  inLab(async (lab) => {
    const got: string[] = [];
    const port = await listening(lab, (socket) => {
      const hash = createHash("md5");
      socket.on("data", (octets) => hash.update(octets));
      socket.on("end", () => {
        got.push(hash.digest("hex"));
        socket.end();
      });
    });
    const url = await ours(lab);
    const sent = randomBytes(200_000);
    for (const isOld of [false, true]) {
      const heard = connect(dial(lab, url, { isOld }), GATEWAY, port);
      heard.stream.write(sent);
      heard.stream.end();
    }
    await until("both", () => got.length === 2);
    const whole = createHash("md5").update(sent).digest("hex");
    assert.equal(got, [whole, whole]);
  }),
);

test(
  "when it is cut off streams are reset, and new ones are opened on a new connection",
  inLab(async (lab) => {
    const handler = wisp(policyOf(""), new NodeBackend());
    const sockets: { destroy(): void }[] = [];
    const watching: typeof handler = (request, socket, head, from) => {
      sockets.push(socket);
      handler(request, socket, head, from);
    };
    const { at } = await serve(lab, {
      port: 0,
      handlers: { "/wisp": Object.assign(watching, { close: handler.close! }) },
    });
    const told: string[] = [];
    const client = dial(lab, at("wisp/"), { ontold: (isUp) => told.push(isUp ? "up" : "down") });
    const port = await listening(lab, (socket) => socket.pipe(socket));
    const heard = connect(client, GATEWAY, port);
    await heard.connects();
    sockets[0]!.destroy();
    assert.is(await heard.fails(), "ECONNRESET");
    await until("it is up again", () => told.at(-1) === "up" && told.length === 3);
    assert.equal(told, ["up", "down", "up"]);
    await connect(client, GATEWAY, port).connects();
  }),
);

test(
  "where nobody answers streams fail at once, until somebody does",
  inLab(async (lab) => {
    const client = dial(lab, `ws://127.0.0.1:${await freePort()}/`);
    assert.is(await connect(client, GATEWAY, 80).fails(), "ENETUNREACH");
    assert.is(await connect(client, GATEWAY, 80).fails(), "ENETUNREACH");
  }),
);

test(
  "wisp-js: its message of the day is handed on",
  inLab(async (lab) => {
    const heard: string[] = [];
    dial(lab, await serveWispJs(lab, { wisp_motd: "be nice – please" }), { onmotd: (text) => heard.push(text) });
    await until("the message", () => heard.length > 0);
    assert.equal(heard, ["be nice – please"]);
  }),
);

test(
  "a server without datagrams: it is known that there are none",
  inLab(async (lab) => {
    const client = dial(lab, await serveWispJs(lab, { allow_udp_streams: false }));
    await until("it is up", () => client.info);
    assert.is(client.lacksDatagrams, true);
  }),
);

test(
  "our server: wisp-js's client speaks version 2 with it",
  inLab(async (lab) => {
    const port = await listening(lab, (socket) => socket.pipe(socket));
    const connection = await dialWispJs(lab, await ours(lab));
    assert.is(connection.wisp_version, 2);
    assert.is(connection.udp_enabled, true);
    const stream = connection.create_stream(GATEWAY, port, "tcp");
    const sent = randomBytes(600_000);
    const pieces: Uint8Array[] = [];
    stream.onmessage = (octets) => pieces.push(octets);
    for (let at = 0; at < sent.length; at += 4_000) stream.send(sent.subarray(at, at + 4_000));
    await until("all of it", () => Buffer.concat(pieces).length === sent.length);
    assert.ok(Buffer.concat(pieces).equals(sent));
    const refused = connection.create_stream(GATEWAY, await freePort(), "tcp");
    const why = await new Promise((resolve) => {
      refused.onclose = resolve;
    });
    assert.is(why, 0x44);
  }),
);

test.run();
