// Bundles what a browser loads into dist/browser: the library, its workers, and the core beside them, so that the
// folder can be copied to any static server.

import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { VERSION } from "../host-node/version.js";

const root = new URL("../../", import.meta.url);
const inRoot = (path: string) => fileURLToPath(new URL(path, root));

/** The library, and the threads that it starts by their files. */
const ENTRIES = ["index", "core-worker", "alarm-worker"];

mkdirSync(inRoot("dist/browser"), { recursive: true });
await build({
  entryPoints: ENTRIES.map((name) => inRoot(`dist/host-browser/${name}.js`)),
  outdir: inRoot("dist/browser"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  define: { ETHERLOOM_VERSION: JSON.stringify(VERSION) },
  logLevel: "warning",
});
for (const core of ["core.wasm", "core.shared.wasm"])
  copyFileSync(inRoot(`build/${core}`), inRoot(`dist/browser/${core}`));
