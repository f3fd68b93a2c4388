// Gateways for programs: JSON over HTTP, on a Unix socket and on a port of the loopback; and who is kept out.

import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { GatewayConsole } from "../../host/console/gateway.js";
import { oneGateway } from "../../host/console/slirp.js";
import { type ApiOptions, type ApiServer, serveApi } from "../../host-node/servers/api/server.js";
import { readTokens } from "../../host-node/servers/websocket/tokens.js";
import { type Bench, bench, MadeGuest, send } from "../slirp/guest.js";
import { Connection, SYN } from "../slirp/tcp-guest.js";

const test = suite("api");
const TOKEN = "0123456789abcdef";
const JSON_HEAD = { "content-type": "application/json" };
const OWN = { authorization: `Bearer ${TOKEN}` };

interface Reply {
  readonly status: number;
  /** Seconds, where it is told to wait. */
  readonly retryS?: number;
  readonly body: unknown;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Api {
  readonly lab: Bench;
  readonly server: ApiServer;
  ask(path: string, asking?: Asking): Promise<Reply>;
}

/** Runs with an API of a gateway that is made up, on a port or on a socket. */
async function withApi(kind: "port" | "socket", work: (api: Api) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "loom-api-"));
  const lab = bench();
  const at: ApiOptions["at"] = kind === "port" ? { host: "127.0.0.1", port: 0 } : { path: join(folder, "api") };
  const tokens = kind === "port" ? readTokens(`token ${TOKEN}`) : undefined;
  const server = await serveApi({
    gateways: oneGateway(lab.gateway),
    at,
    tokens,
    log: (text) => assert.unreachable(text),
  });
  const where = "path" in at ? { socketPath: at.path } : { port: Number(new URL(server.url).port) };
  const ask = (path: string, { method = "GET", headers = {}, body }: Asking = {}) =>
    new Promise<Reply>((resolve, reject) => {
      const asking = request({ ...where, path, method, headers, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        response.on("end", () => {
          const { statusCode: status = 0, headers } = response;
          const retry = headers["retry-after"];
          resolve({ status, ...(retry && { retryS: Number(retry) }), body: text === "" ? "" : JSON.parse(text) });
        });
      });
      asking.on("error", reject).end(body);
    });
  try {
    await work({ lab, server, ask });
  } finally {
    await server.close();
    lab.gateway.close();
    rmSync(folder, { recursive: true });
  }
}

test("shows what a gateway has, and opens and closes ways in, on a socket that others may not use", () =>
  withApi("socket", async ({ lab, server, ask }) => {
    assert.is(statSync(server.url.replace("http+unix:", "")).mode & 0o777, 0o600);
    const guest = new MadeGuest(lab);
    new Connection(lab, guest, "198.51.100.7", 80).say(SYN);
    send(lab, guest.udp("10.0.2.15", 5, "198.51.100.7", 5, new Uint8Array(1)));
    const [shown] = (await ask("/gateways")).body as [object];
    assert.equal(shown, { port: 0, name: "slirp 10.0.2.2 fd00::2", tcp: 1, udp: 1, leases: 0 });
    assert.equal((await ask("/gateways/0/flows?x=1")).body, [
      { protocol: "tcp", guest: "10.0.2.15:40000", far: "198.51.100.7:80", state: "connecting" },
      { protocol: "udp", guest: "10.0.2.15:5", peers: 1 },
    ]);
    for (const view of ["leases", "drops", "guests", "limits"])
      assert.is((await ask(`/gateways/0/${view}`)).status, 200);
    const forward = "tcp:8080:10.0.2.15:80";
    const add = { method: "POST", headers: JSON_HEAD, body: JSON.stringify({ forward }) };
    assert.equal(await ask("/gateways/0/forwards", add), { status: 201, body: [forward] });
    assert.is((await ask("/gateways/0/forwards", add)).status, 409);
    assert.ok(lab.world.listeners.has(8_080));
    const gone = { method: "DELETE" };
    assert.equal(await ask(`/gateways/0/forwards/${encodeURIComponent(forward)}`, gone), { status: 204, body: "" });
    assert.is((await ask(`/gateways/0/forwards/${forward}`, gone)).status, 404);
    const limits = { method: "PATCH", headers: JSON_HEAD, body: '{"guestflows": 5, "flows": 9}' };
    assert.is((await ask("/gateways/0/limits", limits)).status, 200);
    assert.equal([lab.gateway.settings.limits.flowsPerGuest, lab.gateway.settings.limits.flows], [5, 9]);
  }));

test("says what is wrong with a request, and changes nothing", () =>
  withApi("socket", async ({ lab, ask }) => {
    const post = (body: string) => ask("/gateways/0/forwards", { method: "POST", headers: JSON_HEAD, body });
    for (const body of [
      "",
      "{",
      "[]",
      "{}",
      '{"forward": 1}',
      '{"forward": "tcp:1"}',
      '{"forward": "tcp:80:1.2.3.4:80"}',
    ])
      assert.is((await post(body)).status, 400, body);
    const patch = (body: string) => ask("/gateways/0/limits", { method: "PATCH", headers: JSON_HEAD, body });
    for (const body of ['{"flows": 5, "nothing": 1}', '{"flows": "x"}', '{"flows": [5]}', '{"__proto__": 5}'])
      assert.is((await patch(body)).status, 400, body);
    assert.is(lab.gateway.settings.limits.flows, 4_096);
    for (const path of [
      "/",
      "/gateways/1/flows",
      "/gateways/0",
      "/gateways/0/secrets",
      "/gateways/%ff/flows",
      "/gateways/0/flows/1",
      "/gateways/0/toString",
    ])
      assert.is((await ask(path)).status, 404, path);
    assert.is((await ask("/gateways/0/flows", { method: "PUT", headers: JSON_HEAD })).status, 405);
    assert.is((await ask("/gateways", { method: "DELETE" })).status, 405);
    assert.is((await post(`{"forward": "${"x".repeat(20_000)}"}`)).status, 413);
  }));

test("keeps out who has no token, pages, and names that lead here", () =>
  withApi("port", async ({ ask }) => {
    assert.is((await ask("/gateways", { headers: OWN })).status, 200);
    assert.is((await ask("/gateways", { headers: { ...OWN, host: "localhost:80" } })).status, 200);
    assert.is((await ask("/gateways", { headers: { ...OWN, host: "[::1]" } })).status, 200);
    assert.is((await ask("/gateways")).status, 401);
    assert.is((await ask("/gateways", { headers: { authorization: "Bearer fedcba9876543210" } })).status, 401);
    assert.is((await ask("/gateways", { headers: { ...OWN, host: "evil.example" } })).status, 403);
    assert.is((await ask("/gateways", { headers: { ...OWN, host: "127.0.0.1.evil.example" } })).status, 403);
    assert.is((await ask("/gateways", { headers: { ...OWN, origin: "http://127.0.0.1" } })).status, 403);
    assert.is((await ask("/gateways", { headers: { ...OWN, "sec-fetch-site": "same-origin" } })).status, 403);
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/jsonp",
    ]) {
      const headers = { ...OWN, "content-type": type };
      assert.is((await ask("/gateways/0/forwards", { method: "POST", headers, body: "{}" })).status, 415, type);
    }
  }));

test("serves others while one says nothing, or no end", () =>
  withApi("port", async ({ server, ask }) => {
    const silent = connect(Number(new URL(server.url).port), "127.0.0.1");
    silent.on("error", () => {});
    silent.write(`POST /gateways/0/forwards HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n`);
    silent.write("Content-Type: application/json\r\nContent-Length: 5\r\n\r\n");
    assert.is((await ask("/gateways", { headers: OWN })).status, 200);
    silent.destroy();
  }));

test("refuses another protocol, and keeps no connection that asks for one", () =>
  withApi("port", async ({ server, ask }) => {
    for (let i = 0; i < 200; i++) {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1").on("error", () => {});
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      socket.resume();
      await once(socket, "close"); // it is the server that closes
    }
    assert.is((await ask("/gateways", { headers: OWN })).status, 200);
  }));

test("a gateway alone has the console of a switch's, without ports", async () => {
  const lab = bench();
  const system = { version: "0", log: () => {}, shutdown: () => log.push("shutdown") };
  const log: string[] = [];
  const console = new GatewayConsole({ gateway: lab.gateway, system });
  const run = async (line: string) => String(await console.run(line, { scripts: [] }));
  assert.match(await run("slirp/list"), /^slirp 10\.0\.2\.2 fd00::2 tcp=0 udp=0 leases=0$/m);
  assert.match(await run("slirp/list 3"), /^1002 .*one gateway/m);
  assert.match(await run("slirp/add tcp:8080:10.0.2.15:80"), /^1000/);
  assert.match(await run("slirp/limits"), /^guestflows=2048 /m);
  assert.match(await run("help slirp"), /slirp\/setlimit/);
  assert.match(await run("showinfo"), /VDE slirpvde V\.2\.3\.3/);
  assert.match(await run("port/print"), /^1038/);
  await run("shutdown");
  assert.equal(log, ["shutdown"]);
  lab.gateway.close();
});

test("who connects and says nothing, or speaks in drops, shuts nobody out", () =>
  withApi("port", async ({ server, ask }) => {
    const port = Number(new URL(server.url).port);
    const held = Array.from({ length: 100 }, (_, i) => {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      if (i % 2 === 0) socket.write("GET /gateways HTTP/1.1\r\nHost: local");
      return socket;
    });
    await Promise.all(held.map((socket) => once(socket, "connect")));
    for (let i = 0; i < 3; i++) assert.is((await ask("/gateways", { headers: OWN })).status, 200);
    for (const socket of held) socket.destroy();
  }));

test("who guesses tokens is told to wait, by a clock that nobody sets, and a right one opens all the same", () =>
  withApi("port", async ({ ask }) => {
    const guess = (i: number) => ask("/gateways", { headers: { authorization: `Bearer wrong-${i}` } });
    for (let i = 0; i < 10; i++) assert.is((await guess(i)).status, 401);
    const { now } = Date;
    Date.now = () => now() - 86_400_000;
    const { status, retryS = 0 } = await guess(11);
    Date.now = now;
    assert.is(status, 429);
    assert.ok(retryS >= 1 && retryS <= 60, String(retryS));
    assert.is((await ask("/gateways", { headers: OWN })).status, 200);
    assert.is((await ask("/gateways")).status, 401, "no token is no guess");
  }));

test.run();
