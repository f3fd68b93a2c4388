// The demo as people meet it: one command, a page in Chromium, and everything that the page shows and does.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { noGuest } from "../../guests/parts.js";
import { inLab, type Lab } from "../interop/lab.js";
import { makeNamespace } from "../interop/namespace.js";
import type { Program } from "../interop/program.js";
import { ours } from "../interop/tools.js";
import { startIn } from "../interop/traffic.js";
import { GUEST_MS } from "../interop/v86.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, launch } from "./chromium.js";

const test = suite("the demo");
const when = needs(test, { ...CHROMIUM_NEEDS, commands: ["tshark"], unless: noGuest });
const withTap = needs(test, { ...CHROMIUM_NEEDS, namespaces: true, unless: noGuest });

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Demo {
  readonly program: Program;
  readonly url: string;
  readonly sock: string;
  readonly context: BrowserContext;
}

/** Starts what `npm run demo` does, without the build before it: these tests run on what that would write. */
async function startDemo(lab: Lab): Promise<Demo> {
  const sock = lab.path("sw");
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: { demo: string } };
  const [command = "", ...words] = scripts.demo.split(" ").map((word) => (word.endsWith(".js") ? root + word : word));
  const program = lab.start(command, ...words, "--port", "0", "--sock", sock);
  const [, url = ""] = await program.says(/The demo is at (\S+)/, GUEST_MS);
  const browser = await launch();
  lab.later(() => browser.close());
  // High enough for the whole page: a terminal that is out of sight is not drawn.
  const context = await browser.newContext({ viewport: { width: 1280, height: 2200 } });
  return { program, url, sock, context };
}

async function openPage({ context, url }: Demo): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.goto(url);
  return page;
}

async function openReady(demo: Demo): Promise<Page> {
  const page = await openPage(demo);
  await page.waitForSelector("body:not([data-state=starting])", { timeout: GUEST_MS });
  assert.is(await page.getAttribute("body", "data-state"), "ready", (await page.textContent("#status")) ?? "");
  return page;
}

/** Waits until a terminal shows something. Lines that were too long for it are put together. */
function terminal(page: Page, name: string, pattern: RegExp): Promise<RegExpExecArray> {
  const look = async () => {
    const rows = await page.locator(`[data-tty="${name}"] .xterm-rows > div`).allTextContents();
    return pattern.exec(rows.map((row) => row.replaceAll("\u00a0", " ").trimEnd()).join("\n")) ?? undefined;
  };
  return until(`terminal ${name} shows ${pattern}`, look, GUEST_MS);
}

async function type(page: Page, name: string, text: string): Promise<void> {
  await page.locator(`[data-tty="${name}"] textarea`).focus();
  await page.keyboard.type(`${text}\n`);
}

when(
  "shows its guests, its switch and its wires, and does what it offers",
  inLab(async (lab) => {
    const demo = await startDemo(lab);
    const page = await openReady(demo);
    assert.is(await page.evaluate("crossOriginIsolated"), true);
    await terminal(page, "a", /5 packets received/); // the page's own, which it shows

    await type(page, "console", "port/print 1");
    await terminal(page, "console", /Port 0001 untagged_vlan=0000 ACTIVE.*1000 Success/s);
    await page.locator('[data-tries="console"] button', { hasText: "hash/print" }).click();
    await terminal(page, "console", /Addr: 00:22:15:/);

    const row = page.locator('#ports tr[data-port="1"]');
    assert.match(await row.innerText(), /guest a.*00:22:15:/s);
    assert.ok(Number((await row.locator("td").nth(1).innerText()).split("\n")[0]) >= 5);

    await page.locator("#capture").click();
    await page.locator('#wires label:has(input[value="b"])').click();
    await page.locator("#delayMs").fill("300");
    assert.is(await page.locator('output[for="delayMs"]').innerText(), "300 ms");
    await page.locator('[data-tries="a"] button').first().click();
    const [, least] = await terminal(page, "a", /time=(?:6|7|8|9|\d\d)\d\d\..*min\/avg\/max = ([\d.]+)/s);
    assert.ok(Number(least) >= 600, `${least} ms, through 300 ms each way`);

    await page.locator("#mend").click();
    assert.is(await page.locator("#delayMs").inputValue(), "0");
    await page.locator("#loss").fill("100");
    assert.is(await page.locator('output[for="loss"]').innerText(), "100 %");
    await type(page, "a", "clear; ping -c 2 -W 1 b1");
    await terminal(page, "a", /2 packets transmitted, 0 packets received/);
    assert.match((await page.locator("#lan [data-poor] text").textContent()) ?? "", /100 % lost/);

    await page.locator("#mend").click();
    await page.locator("#bandwidth").fill("0");
    assert.is(await page.locator('output[for="bandwidth"]').innerText(), "9.6 kbit/s");
    await type(page, "a", "clear; ping -c 2 -s 1000 -W 100 b1");
    const [, slowest] = await terminal(page, "a", /2 packets received.*min\/avg\/max = ([\d.]+)/s);
    assert.ok(Number(slowest) >= 1_700, `${slowest} ms, for 1,042 octets each way at 9,600 bit/s`);

    const saved = page.waitForEvent("download");
    await page.locator("#capture").click();
    const file = lab.path("capture.pcapng");
    await (await saved).saveAs(file);
    assert.is(readFileSync(file).readUInt32BE(0), 0x0a0d0d0a);
    const reader = lab.start("tshark", "-r", file, "-Y", "icmp");
    assert.is((await reader.exit()).code, 0, reader.complaints());
    assert.match(reader.text(), /10\.86\.1\.1.*10\.86\.1\.2.*Echo \(ping\) request/);

    await demo.context.route("**/guest/state", (route) => route.fulfill({ status: 404 }));
    const broken = await openPage(demo);
    await broken.waitForSelector("body[data-state=failed]", { timeout: GUEST_MS });
    assert.match((await broken.textContent("#status")) ?? "", /guest\/state: 404/);
  }),
);

withTap(
  "two tabs and a tap of this machine share one LAN, and the tabs do without a server",
  inLab(async (lab) => {
    const demo = await startDemo(lab);
    const first = await openReady(demo);
    const second = await openReady(demo);
    await terminal(second, "b", /b2 is 10\.86\.2\.2/);
    await first.bringToFront();
    await type(first, "a", "clear; ping -c 2 -W 200 b2");
    await terminal(first, "a", /PING b2.*2 packets received/s);
    const host = await makeNamespace(lab);
    startIn(lab, host, ours(lab, "vde_plug2tap"), "--sock", demo.sock, "tap0");
    await host.configure("tap0", "10.86.0.1/16");
    await startIn(lab, host, "ping", "-c", "2", "-w", "200", "10.86.2.1").says(/2 received/, GUEST_MS);
    await until("the page names the plug", async () => /plug2tap/.test(await first.locator(".chips").innerText()));
    await demo.program.stop(); // the tabs still have a cable of their own, which spanning tree has kept as a spare
    await type(first, "a", "clear; until ping -c 1 -W 2 b2; do sleep 1; done; echo GOES ON");
    await terminal(first, "a", /^GOES ON/m);
  }),
);

test.run();
