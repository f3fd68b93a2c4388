// Writes docs/reference/, man pages and completion from the tables that the program itself
// runs by. With --check it writes nothing, and fails where a page is stale.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pages } from "./pages.js";

const folder = new URL("../../docs/", import.meta.url);

/** A page as it is on disk; "" where it is not. */
function current(name: string): string {
  try {
    return readFileSync(new URL(name, folder), "utf8");
  } catch {
    return "";
  }
}

/** The pages that are not what the tables say. */
const stale = Object.entries(await pages()).filter(([name, text]) => current(name) !== text);

if (process.argv.includes("--check")) {
  for (const [name] of stale) console.error(`docs/${name} is stale: npm run docs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [name, text] of stale) {
    mkdirSync(new URL(".", new URL(name, folder)), { recursive: true });
    writeFileSync(new URL(name, folder), text);
    console.log(`docs/${name}`);
  }
}
