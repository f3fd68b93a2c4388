// Bundles what a browser loads into dist/browser: the library, its workers, and the core beside them, so that the
// folder can be copied to any static server.

import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { VERSION } from "../host-node/version.js";

const root = new URL("../../", import.meta.url);
const inRoot = (path: string) => fileURLToPath(new URL(path, root));

/** The threads that the library starts by their files: each is one. */
const WORKERS = ["core-worker", "alarm-worker"];

const common = {
  outdir: inRoot("dist/browser"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  define: { ETHERLOOM_VERSION: JSON.stringify(VERSION) },
  logLevel: "warning",
} as const;

rmSync(inRoot("dist/browser"), { recursive: true, force: true });
mkdirSync(inRoot("dist/browser"), { recursive: true });
await build({ ...common, entryPoints: WORKERS.map((name) => inRoot(`dist/host-browser/${name}.js`)) });
/** What is loaded later has a file of its own, and so has what both parts need. */
await build({
  ...common,
  entryPoints: { index: inRoot("dist/host-browser/index.js") },
  splitting: true,
  chunkNames: "[name]",
});
for (const core of ["core.wasm", "core.shared.wasm"])
  copyFileSync(inRoot(`build/${core}`), inRoot(`dist/browser/${core}`));
