// Guests of v86 in pages of headless Chromium: they reach each other in one page, in two tabs, and a tap of this machine.

import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../guests/guest.js";
import { noGuest, PARTS } from "../../guests/parts.js";
import { makeState } from "../../guests/state.js";
import { openSwitch } from "../../host-node/open.js";
import { inLab, type Lab } from "../interop/lab.js";
import { makeNamespace } from "../interop/namespace.js";
import { ours } from "../interop/tools.js";
import { startIn } from "../interop/traffic.js";
import { GUEST_MS } from "../interop/v86.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, type Tab, Tabs } from "./chromium.js";

const A = "10.0.0.1";
const B = "10.0.0.2";
const HOST = "10.0.0.9";

async function openTabs(lab: Lab, isolated: boolean): Promise<Tabs> {
  const files = { "/guests/": pathToFileURL(PARTS), "/state": pathToFileURL(await makeState()) };
  const tabs = await Tabs.open({ programs: ["guests"], isolated, files });
  lab.later(() => tabs.close());
  return tabs;
}

async function openTab(tabs: Tabs): Promise<Tab> {
  const tab = await tabs.tab("guests");
  await tab.call("open");
  return tab;
}

async function does(tab: Tab, guest: string, line: string): Promise<string> {
  const { text, status } = await tab.call<Outcome>("run", guest, line);
  assert.is(status, 0, `${guest}: ${line}: ${text}`);
  return text;
}

/** The first frames may find a cable that is not ready, or guests so slow that they give up asking for an address. */
function answers(tab: Tab, guest: string, address: string): Promise<unknown> {
  const ping = async () => (await tab.call<Outcome>("run", guest, `ping -c 1 -W 3 ${address}`)).status === 0;
  return until(`${address} answers ${guest}`, ping, GUEST_MS);
}

for (const isolated of [true, false]) {
  const test = suite(`guests in a page, ${isolated ? "isolated" : "not isolated"}`);
  const when = needs(test, { ...CHROMIUM_NEEDS, unless: noGuest });

  when(
    "two guests ping each other, and carry a file",
    inLab(async (lab) => {
      const tabs = await openTabs(lab, isolated);
      const tab = await tabs.tab("guests");
      assert.is(await tab.call("open"), isolated);
      await Promise.all([tab.call("start", "a", `${A}/24`, 1), tab.call("start", "b", `${B}/24`, 2)]);
      await answers(tab, "a", B);
      assert.match(await does(tab, "a", `ping -c 3 -W 20 ${B}`), /3 packets received/);
      await does(tab, "b", "mkdir -p /srv; dd if=/dev/urandom of=/srv/file bs=1k count=256 2>/dev/null; httpd -h /srv");
      const [sent] = (await does(tab, "b", "md5sum </srv/file")).split(" ");
      const [got] = (await does(tab, "a", `wget -q -O - http://${B}/file | md5sum`)).split(" ");
      assert.is(got, sent);
    }),
  );

  when(
    "guests in two tabs ping each other",
    inLab(async (lab) => {
      const tabs = await openTabs(lab, isolated);
      const [left, right] = [await openTab(tabs), await openTab(tabs)];
      for (const tab of [left, right]) await tab.call("plug", 8);
      await Promise.all([left.call("start", "a", `${A}/24`, 1), right.call("start", "b", `${B}/24`, 1)]);
      await answers(left, "a", B);
    }),
  );

  const withTap = needs(test, { ...CHROMIUM_NEEDS, namespaces: true, unless: noGuest });

  withTap(
    "a guest and a tap on the switch on Node ping each other",
    inLab(async (lab) => {
      const tabs = await openTabs(lab, isolated);
      const sw = await openSwitch({ vde: { dir: lab.path("sw") }, ws: { origins: [tabs.site.url] } });
      lab.later(() => sw.close());
      const host = await makeNamespace(lab);
      startIn(lab, host, ours(lab, "vde_plug2tap"), "--sock", lab.path("sw"), "tap0");
      await host.configure("tap0", `${HOST}/24`);
      const tab = await openTab(tabs);
      await tab.call("plug", 8, sw.webSockets?.url);
      await tab.call("start", "a", `${A}/24`, 1);
      await answers(tab, "a", HOST);
      assert.ok([...sw.fdb.list()].length >= 2);
      const ping = startIn(lab, host, "ping", "-c", "3", "-W", "20", A);
      assert.is((await ping.exit(GUEST_MS)).code, 0, ping.text());
    }),
  );

  test.run();
}
