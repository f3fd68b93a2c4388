// The library in a project of Vite: built and served as files, and by Vite's own server as one develops.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { build, createServer, type InlineConfig } from "vite";
import { ISOLATION, serveSite } from "../../examples/site.js";
import { inLab, type Lab } from "../interop/lab.js";
import { needs } from "../skip.js";
import { CHROMIUM_NEEDS, launch } from "./chromium.js";

const test = suite("a project of Vite");
const when = needs(test, CHROMIUM_NEEDS);
const root = new URL("../../../", import.meta.url);

const HTML = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>`;
const MAIN = `import { linkPair, openSwitch } from "etherloom/browser";
const sw = await openSwitch();
const [a, b] = [linkPair(), linkPair()];
for (const [inside] of [a, b]) sw.plug(inside);
b[1].onframe = (frame) => (document.title = \`\${frame.length} octets, \${sw.isThreaded ? "threaded" : "not threaded"}\`);
a[1].send(new Uint8Array(60).fill(0xff, 0, 6));
`;

/** A project with the package as npm would install it. */
function project(lab: Lab): string {
  const home = lab.path("node_modules/etherloom");
  mkdirSync(home, { recursive: true });
  writeFileSync(lab.path("package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
  writeFileSync(`${home}/package.json`, readFileSync(new URL("package.json", root)));
  cpSync(fileURLToPath(new URL("dist/browser", root)), `${home}/dist/browser`, { recursive: true });
  writeFileSync(lab.path("index.html"), HTML);
  writeFileSync(lab.path("main.js"), MAIN);
  return lab.folder;
}

/** Opens a page, and waits until its switch has forwarded. */
async function titleOf(lab: Lab, url: string): Promise<string> {
  const browser = await launch();
  lab.later(() => browser.close());
  const page = await browser.newPage();
  const said: string[] = [];
  page.on("console", (message) => void said.push(message.text()));
  page.on("pageerror", (error) => void said.push(String(error)));
  await page.goto(url);
  await page.waitForFunction("document.title !== ''", undefined, { timeout: 20_000 }).catch((error) => {
    throw new Error(`${error}\n${said.join("\n")}`);
  });
  return page.title();
}

for (const isolated of [true, false]) {
  const wanted = `60 octets, ${isolated ? "threaded" : "not threaded"}`;
  const config = (lab: Lab): InlineConfig => ({
    root: project(lab),
    configFile: false,
    logLevel: "error",
    cacheDir: lab.path("cache"),
    build: { outDir: lab.path("out") },
  });

  when(
    `is built, ${isolated ? "isolated" : "not isolated"}`,
    inLab(async (lab) => {
      await build(config(lab));
      const site = await serveSite({ isolated, files: { "/": pathToFileURL(`${lab.path("out")}/`) } });
      lab.later(() => site.close());
      assert.is(await titleOf(lab, `${site.url}/index.html`), wanted);
    }),
  );

  when(
    `is served while it is developed, ${isolated ? "isolated" : "not isolated"}`,
    inLab(async (lab) => {
      const headers = isolated ? ISOLATION : {};
      const server = await createServer({ ...config(lab), server: { host: "127.0.0.1", port: 0, headers } });
      lab.later(() => server.close());
      await server.listen();
      assert.is(await titleOf(lab, server.resolvedUrls!.local[0]!), wanted);
    }),
  );
}

test.run();
