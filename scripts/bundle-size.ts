// Writes how large dist/browser is into bench/README.md. With --check it says where that is off by more than a tenth.

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { table } from "./table.js";

const root = new URL("../../", import.meta.url);
const PAGE = new URL("bench/README.md", root);
const BEGIN = "<!-- bundle: begin; written by `node dist/scripts/bundle-size.js` -->";
const END = "<!-- bundle: end -->";
const TOLERANCE = 0.1;

/** What a browser loads, and when. */
const FILES: readonly [file: string, when: string][] = [
  ["index.js", "always"],
  ["chunk.js", "always"],
  ["gateway.js", "with the first gateway"],
  ["core.wasm", "where the page is not isolated"],
  ["core-worker.js", "where it is"],
  ["core.shared.wasm", "where it is"],
  ["alarm-worker.js", "with the first timer of a page"],
];

const sizes = FILES.map(([file, when]) => {
  const octets = readFileSync(new URL(`dist/browser/${file}`, root));
  return { file, when, plain: octets.length, packed: gzipSync(octets, { level: 9 }).length };
});
const rows = sizes.map(({ file, plain, packed, when }) => [`\`${file}\``, String(plain), String(packed), when]);
const printed = table(["file", "octets", "with gzip", "loaded"], rows);
const page = readFileSync(PAGE, "utf8");
const [before, rest = ""] = page.split(BEGIN);
const [written = "", after = ""] = rest.split(END);

if (process.argv[2] !== "--check") writeFileSync(PAGE, `${before}${BEGIN}\n\n${printed}\n\n${END}${after}`);
else
  for (const { file, packed } of sizes) {
    const said = Number(new RegExp(`\`${file}\`\\s*\\|[^|]*\\|\\s*(\\d+)`).exec(written)?.[1]);
    if (Math.abs(said - packed) <= TOLERANCE * packed) continue;
    console.error(
      `bench/README.md: ${file} has ${packed} octets with gzip, not ${said}: node dist/scripts/bundle-size.js`,
    );
    process.exitCode = 1;
  }
