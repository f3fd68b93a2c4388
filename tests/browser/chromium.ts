// Pages in a headless Chromium, for tests: the library as it is shipped, and a program that a test calls.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type Site, serveSite } from "../../examples/site.js";

const CHROMIUM = "/usr/bin/chromium";

/** For `needs`. */
export const CHROMIUM_NEEDS = { files: [CHROMIUM] };

/** root may not use Chromium's sandbox; nothing of this comes from elsewhere. */
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];

const root = new URL("../../../", import.meta.url);

/** A page that runs a program: what that exports, a test may call. */
function html(program: string): string {
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${program}</title><script type="module">Object.assign(globalThis, { program: await import("/page/${program}.js") });</script>`;
}

/** The programs of pages, bundled but for the library. */
async function bundle(programs: readonly string[], folder: string): Promise<URL> {
  const outdir = new URL(`dist/${folder}/bundled/`, root);
  await build({
    entryPoints: programs.map((name) => fileURLToPath(new URL(`dist/${folder}/${name}.js`, root))),
    outdir: fileURLToPath(outdir),
    bundle: true,
    format: "esm",
    target: "es2022",
    sourcemap: "inline",
    alias: { "etherloom/browser": "/lib/index.js" }, // workers know no import maps
    external: ["/lib/index.js"],
    logLevel: "warning",
  });
  return outdir;
}

/** A browser without a window. */
export function launch(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}: npm run peers installs it`);
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

export interface TabsOptions {
  /** Files that pages and workers may be opened with, without their endings. */
  readonly programs: readonly string[];
  readonly isolated: boolean;
  /** Where they are. */
  readonly folder?: string;
  /** What else is served: see `SiteOptions`. */
  readonly files?: Readonly<Record<string, URL>>;
}

/** A browser with one profile, and a server of pages with and without isolation. */
export class Tabs {
  readonly site: Site;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  /** What the pages said on their consoles, and what broke in them. */
  readonly said: string[] = [];

  constructor(site: Site, browser: Browser, context: BrowserContext) {
    this.site = site;
    this.#browser = browser;
    this.#context = context;
  }

  static async open({ programs, isolated, folder = "tests/browser/page", files = {} }: TabsOptions): Promise<Tabs> {
    const all = {
      ...files,
      "/lib/": new URL("dist/browser/", root),
      "/page/": await bundle(programs, folder),
      "/v86/": new URL("node_modules/v86/build/", root),
    };
    const texts = Object.fromEntries(programs.map((name) => [`/${name}`, html(name)]));
    const site = await serveSite({ isolated, files: all, texts });
    const browser = await launch();
    return new Tabs(site, browser, await browser.newContext());
  }

  /** A new tab with one of the programs, ready to be called. */
  async tab(program: string): Promise<Tab> {
    const page = await this.#context.newPage();
    page.on("console", (message) => this.said.push(message.text()));
    page.on("pageerror", (error) => this.said.push(String(error.stack ?? error)));
    await page.goto(`${this.site.url}/${program}`);
    await page.waitForFunction("globalThis.program !== undefined");
    return new Tab(page);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.site.close();
  }
}

export class Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Calls a function that the page's program exports, and waits for what it promises. */
  call<T = unknown>(name: string, ...args: readonly unknown[]): Promise<T> {
    const inPage = ([name, args]: [string, readonly unknown[]]) =>
      (globalThis as unknown as { program: Record<string, (...args: readonly unknown[]) => T> }).program[name]!(
        ...args,
      );
    return this.page.evaluate(inPage as never, [name, args]);
  }

  close(): Promise<void> {
    return this.page.close();
  }
}
