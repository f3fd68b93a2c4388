// A page's switch and one on Node: cables between them, a loop that spanning tree breaks, and browsers that meet there.

import { once } from "node:events";
import { createServer } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linkPair } from "../../host/link-pair.js";
import { signalling } from "../../host-node/servers/websocket/signalling.js";
import { words } from "../frame.js";
import { inLab, type Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { type Served, serve } from "../node/ws.js";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

/** The ports of the two cables, in the page's switch. */
const CABLES = [8, 9];

for (const isolated of [true, false]) {
  const test = suite(`a page and a daemon, ${isolated ? "isolated" : "not isolated"}`);
  const when = needs(test, CHROMIUM_NEEDS);

  async function opened(lab: Lab): Promise<{ tabs: Tabs; daemon: Served }> {
    const tabs = await Tabs.open({ programs: ["switch"], isolated });
    lab.later(() => tabs.close());
    const daemon = await serve(lab, { origins: [tabs.site.url], handlers: { "/signal": signalling() } });
    return { tabs, daemon };
  }

  when(
    "spanning tree breaks a loop of two cables, and goes on by the other where one is cut",
    inLab(async (lab) => {
      const { tabs, daemon } = await opened(lab);
      daemon.sw.fstp.priority = 0x1000;
      daemon.sw.fstp.enabled = true;
      const [host, theirs] = linkPair();
      daemon.sw.plug(theirs, { port: 1 });
      const heard: string[] = [];
      host.onframe = (frame) => void heard.push(words(frame));
      const tab = await tabs.tab("switch");
      await tab.call("open", [1], { fstp: true });
      for (const port of CABLES) await tab.call("plug", port, "ws", daemon.at());
      const roles = () => rolesOf(tab);
      await until("one cable is held", async () => (await roles()) === "Alternate, Root");
      await until("a frame gets through", async () => {
        await tab.call("send", 1, "a > *");
        return heard.some((text) => text === "a > *");
      });
      heard.length = 0;
      for (const name of ["b", "c", "d"]) await tab.call("send", 1, `${name} > *`);
      const late = () => heard.filter((text) => /^[bcd] > \*$/.test(text));
      await until("all three", () => late().length >= 3);
      await new Promise((done) => setTimeout(done, 100));
      assert.equal(late(), ["b > *", "c > *", "d > *"]); // none comes twice
      await tab.call("cut", await rootPort(tab));
      await until("the other cable takes over", async () => (await roles()) === "Root");
      await until("a frame gets through again", async () => {
        await tab.call("send", 1, "e > *");
        return heard.includes("e > *");
      });
      await tab.call("close");
      assert.equal(tabs.said, []);
    }),
  );

  when(
    "browsers meet at the daemon, and then speak without it",
    inLab(async (lab) => {
      const { tabs, daemon } = await opened(lab);
      const [a, b] = [await tabs.tab("switch"), await tabs.tab("switch")];
      for (const tab of [a, b]) {
        await tab.call("open", [1]);
        await tab.call("plug", 9, "rtc by a server", daemon.at("signal?room=lab"));
      }
      for (const tab of [a, b]) await tab.call("meet", 9, 1);
      await daemon.sw.close();
      await a.call("send", 1, "a > *");
      assert.equal(await b.call("hear", 1), ["1: a > *"]);
      await b.call("send", 1, "b > a");
      assert.equal(await a.call("hear", 1), ["1: b > a"]);
    }),
  );

  when(
    "browsers come back to a daemon that was away, and keep what paths they have, and lay again what breaks",
    inLab(async (lab) => {
      const tabs = await Tabs.open({ programs: ["switch"], isolated });
      lab.later(() => tabs.close());
      const server = createServer((_request, response) => response.writeHead(503).end()).listen(0, "127.0.0.1");
      await once(server, "listening");
      lab.later(() => void server.close());
      const start = () => serve(lab, { server, origins: [tabs.site.url], handlers: { "/signal": signalling() } });
      const meetAll = (present: readonly Tab[]) =>
        Promise.all(present.map((tab) => tab.call("meet", 9, present.length - 1)));
      const made = (count: number) => async (tab: Tab) => (await tab.call<number>("connectionsMade")) >= count;
      const open = async (daemon: Served) => {
        const tab = await tabs.tab("switch");
        await tab.call("open", [1]);
        await tab.call("plug", 9, "rtc by a server", daemon.at("signal?room=lab"));
        return tab;
      };
      const first = await start();
      const pair = [await open(first), await open(first)];
      await meetAll(pair);
      await first.sw.close();
      const all = [...pair, await open(await start())];
      await meetAll(all);
      for (const tab of all) assert.is(await tab.call("connectionsMade"), 2);
      for (const tab of all) await tab.call("hangUp");
      await until("all paths are laid again", async () => (await Promise.all(all.map(made(4)))).every(Boolean));
      await meetAll(all);
    }),
  );

  test.run();
}

async function rolesOf(tab: Tab): Promise<string> {
  const roles = await Promise.all(CABLES.map((port) => tab.call<string | undefined>("roleOf", port)));
  return roles
    .filter((role) => role !== undefined)
    .sort()
    .join(", ");
}

async function rootPort(tab: Tab): Promise<number> {
  for (const port of CABLES) if ((await tab.call("roleOf", port)) === "Root") return port;
  throw new Error("there is no root port");
}
