// A guest of v86 gets out by the gateway of its page: by Wisp, to our server and to another's, and by the page's fetch.

import { createHash, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../guests/guest.js";
import { noGuest, PARTS } from "../../guests/parts.js";
import { makeState } from "../../guests/state.js";
import { withAddresses } from "../../host/slirp/dns-message.js";
import { NodeBackend } from "../../host-node/gateway/backend.js";
import { openSwitch } from "../../host-node/open.js";
import { wisp } from "../../host-node/servers/websocket/wisp.js";
import { openSlirp, policyOf } from "../../host-node/transports/slirp.js";
import { freePort } from "../free-port.js";
import { inLab, type Lab } from "../interop/lab.js";
import { GUEST_MS } from "../interop/v86.js";
import { until } from "../interop/wait.js";
import { serveWispJs } from "../node/wisp-js.js";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

/** The server's gateway, behind which is the loopback of the host; the page's own is in another network. */
const SERVER = "10.0.2.2";
const PAGE = { hosts: ["10.0.3.2/24"] };
const FILE = randomBytes(300_000);
const SUM = createHash("md5").update(FILE).digest("hex");
/** What pours without an end, until somebody stops reading. */
const POUR = 1 << 28;

async function listen(lab: Lab, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  lab.later(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A web server that pages may read: a file, what was sent to it, and names by HTTPS without the S. */
async function web(lab: Lab): Promise<{ port: number; poured: () => number }> {
  let poured = 0;
  const pour = (response: ServerResponse) => {
    while (poured < POUR) {
      poured += FILE.length;
      if (!response.write(FILE)) return;
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("cross-origin-resource-policy", "cross-origin");
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://x");
    if (pathname === "/file") response.end(FILE);
    else if (pathname === "/dns-query")
      response.end(addressFor(Buffer.from(searchParams.get("dns") ?? "", "base64url")));
    else if (pathname === "/pour") {
      response.on("drain", () => pour(response));
      pour(response);
    } else {
      const hash = createHash("md5");
      for await (const octets of request) hash.update(octets as Buffer);
      response.end(`${request.method} ${hash.digest("hex")}\n`);
    }
  };
  const port = await listen(
    lab,
    createServer((request, response) => void answer(request, response)),
  );
  return { port, poured: () => poured };
}

/** All names lead to one address. */
function addressFor(query: Uint8Array, address = [198, 51, 100, 7]): Uint8Array {
  return withAddresses(query, [{ ttl: 60, address: Uint8Array.from(address) }]);
}

/** The sockets of this machine, and a resolver that knows all names: they are the server's gateway. */
async function backend(lab: Lab): Promise<NodeBackend> {
  const names = createSocket("udp4");
  names.on("message", (query, { address, port }) => names.send(addressFor(query, [10, 0, 2, 2]), port, address));
  names.bind(0, "127.0.0.1");
  await once(names, "listening");
  lab.later(() => void names.close());
  const { port } = names.address();
  return Object.assign(new NodeBackend(), { resolver: () => ({ host: "127.0.0.1", port }) });
}

async function serveWisp(lab: Lab, origin: string): Promise<string> {
  const handlers = { "/wisp": wisp(policyOf(""), await backend(lab)) };
  const sw = await openSwitch({ ws: { port: 0, origins: [origin], handlers } });
  lab.later(() => sw.close());
  return `${sw.webSockets!.url}wisp/`;
}

async function openTabs(lab: Lab, isolated: boolean): Promise<Tabs> {
  const files = { "/guests/": pathToFileURL(PARTS), "/state": pathToFileURL(await makeState()) };
  const tabs = await Tabs.open({ programs: ["gateway"], isolated, files });
  lab.later(() => tabs.close());
  return tabs;
}

const LEASE = [
  "#!/bin/sh",
  '[ "$1" = bound ] || exit 0',
  "ip address flush dev $interface",
  "ip address add $ip/$mask dev $interface",
  "ip route add default via $router",
  'echo "nameserver $dns" >/etc/resolv.conf',
  "echo bound $ip router $router dns $dns",
].join("\\n");

class Shell {
  readonly #tab: Tab;

  constructor(tab: Tab) {
    this.#tab = tab;
  }

  /** Opens the page's switch and its guest. Says whether the core has a thread of its own. */
  async open(): Promise<boolean> {
    const isThreaded = await this.#tab.call<boolean>("open");
    await this.do("network guest 192.0.2.9/24");
    await this.do(`mkdir -p /etc && printf '${LEASE}\\n' >/lease && chmod +x /lease`);
    return isThreaded;
  }

  try(line: string): Promise<Outcome> {
    return this.#tab.call<Outcome>("run", line);
  }

  async do(line: string): Promise<string> {
    const { text, status } = await this.try(line);
    assert.is(status, 0, `${line}: ${text}`);
    return text;
  }

  /** An address from the gateway that is plugged in now. */
  async lease(): Promise<string> {
    const ask = () => this.try("udhcpc -i eth0 -s /lease -n -q -t 5 -T 3 2>/dev/null");
    return await until("a lease", async () => /bound.*/.exec((await ask()).text)?.[0], GUEST_MS);
  }

  async sumOf(url: string): Promise<string> {
    return (await this.do(`wget -q -O - ${url} | md5sum`)).split(" ")[0]!;
  }

  /** Reads nothing of what pours, until it is told to. */
  async readNothing(url: string): Promise<void> {
    await this.do(`mkfifo /slow; (wget -q -O - ${url} >/slow 2>/dev/null &) ; (sleep 1000 </slow &)`);
  }

  async stop(): Promise<void> {
    await this.do("killall wget sleep; rm -f /slow");
  }
}

/** What a source has sent when nobody takes any more. */
async function settled(count: () => number): Promise<number> {
  let before = -1;
  return await until(
    "the source waits",
    async () => {
      await new Promise((done) => setTimeout(done, 1_000));
      const now = count();
      if (now > 0 && now === before) return now;
      before = now;
      return undefined;
    },
    GUEST_MS,
  );
}

for (const isolated of [true, false]) {
  const test = suite(`a gateway in a page, ${isolated ? "isolated" : "not isolated"}`);
  const when = needs(test, { ...CHROMIUM_NEEDS, unless: noGuest });

  when(
    "a guest gets a lease, and fetches files, by Wisp, by fetch, and by a cable to a gateway",
    inLab(async (lab) => {
      const tabs = await openTabs(lab, isolated);
      const tab = await tabs.tab("gateway");
      const shell = new Shell(tab);
      const { port, poured } = await web(lab);
      assert.is(await shell.open(), isolated);

      await tab.call("lead", { ...PAGE, wisp: await serveWisp(lab, tabs.site.url) });
      assert.is(await shell.lease(), "bound 10.0.3.15 router 10.0.3.2 dns 10.0.3.3");
      assert.is(await shell.sumOf(`http://${SERVER}:${port}/file`), SUM);
      assert.is(await shell.sumOf(`http://files.example:${port}/file`), SUM); // named by the server's resolver
      await shell.do("dd if=/dev/urandom of=/sent bs=1k count=200 2>/dev/null");
      const [sent] = (await shell.do("md5sum </sent")).split(" ");
      const request = `(printf 'POST / HTTP/1.0\\r\\nContent-Length: 204800\\r\\n\\r\\n'; cat /sent) | nc ${SERVER} ${port}`;
      assert.match(await shell.do(request), new RegExp(`POST ${sent}`));
      const dead = await shell.try(`wget -q -O - http://${SERVER}:${await freePort()}/ 2>&1`);
      assert.match(dead.text, /refused/i);
      const forbidden = await shell.try("wget -q -O - http://169.254.169.254/ 2>&1");
      assert.match(forbidden.text, /refused|unreachable/i);

      if (isolated) {
        await shell.readNothing(`http://${SERVER}:${port}/pour`);
        assert.ok((await settled(poured)) < 24 << 20, `${poured()}`);
        assert.is(await shell.sumOf(`http://${SERVER}:${port}/file`), SUM); // it holds up nobody else
        await shell.stop();
      }

      await tab.call("lead", { dns: `http://127.0.0.1:${port}/dns-query` }, `http://127.0.0.1:${port}`);
      assert.is(await shell.lease(), "bound 10.0.2.15 router 10.0.2.2 dns 10.0.2.3");
      assert.match(await shell.do("nslookup cors.example"), /198\.51\.100\.7/);
      assert.is(await shell.sumOf("http://cors.example/file"), SUM);
      assert.match(
        await shell.do("wget -q -O - --post-data hello http://cors.example/"),
        /^POST 5d41402abc4b2a76b9719d911017c592/,
      );
      const closed = await shell.try("wget -q -O - http://nobody.invalid/ 2>&1");
      assert.match(closed.text, /502 Bad Gateway/);
      assert.match((await shell.try("wget -q -O - http://cors.example:81/ 2>&1")).text, /refused/i);
      assert.match((await shell.try("wget -q -O - http://localhost.localhost/ 2>&1")).text, /403 Forbidden/);

      const sw = await openSwitch({ ws: { port: 0, origins: [tabs.site.url] } });
      lab.later(() => sw.close());
      sw.plug(await openSlirp("", {}));
      await tab.call("cable", sw.webSockets!.url);
      assert.is(await shell.lease(), "bound 10.0.2.15 router 10.0.2.2 dns 10.0.2.3");
      assert.is(await shell.sumOf(`http://${SERVER}:${port}/file`), SUM);
      await tab.call("close");
    }),
  );

  test.run();
}

const test = suite("a gateway in a page");
const when = needs(test, { ...CHROMIUM_NEEDS, unless: noGuest });

when(
  "another's server of Wisp that cannot be told to wait waits all the same, and names need no resolver",
  inLab(async (lab) => {
    const tabs = await openTabs(lab, false);
    const tab = await tabs.tab("gateway");
    const shell = new Shell(tab);
    await shell.open();
    let sent = () => 0;
    const url = await serveWispJs(lab, { allow_private_ips: true }, (octets) => {
      sent = octets;
    });
    const { port } = await web(lab);
    await tab.call("lead", { wisp: url });
    assert.is(await shell.lease(), "bound 10.0.2.15 router 10.0.2.2 dns 10.0.2.3");
    assert.match(await shell.do("nslookup localhost.example 2>&1 || true"), /198\.18\.0\.1/);
    assert.is(await shell.sumOf(`http://localhost:${port}/file`), SUM);
    await shell.readNothing(`http://localhost:${port}/pour`);
    assert.ok((await settled(sent)) < 24 << 20, `${sent()}`);
    await shell.stop();
  }),
);

when(
  "what cannot be meant is refused in words",
  inLab(async (lab) => {
    const tabs = await Tabs.open({ programs: ["gateway"], isolated: false });
    lab.later(() => tabs.close());
    const tab = await tabs.tab("gateway");
    for (const [options, words] of [
      [{}, /one way out: wisp: URL, or fetch: true/],
      [{ wisp: "ws://x/", fetch: true }, /one way out/],
      [{ wisp: "http://x/" }, /wss:\/\/HOST\/wisp\/ is wanted/],
      [{ fetch: true, dns: "192.0.2.1" }, /asked by https:/],
      [{ wisp: "ws://x/", dns: "dns.example" }, /dns\.example: an address is wanted/],
      [{ fetch: true, hosts: ["10.0.2.2/33"] }, /at most 32 bits/],
      [{ fetch: true, deny: ["all"] }, /an address is wanted/],
    ] as const)
      assert.match(await tab.call<string>("complaint", options), words);
  }),
);

test.run();
