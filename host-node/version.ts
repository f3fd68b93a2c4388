// The version of this package, from its package.json.

import { readFileSync } from "node:fs";

const file = new URL("../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };

export const VERSION = version;
/** The VDE release whose interfaces these are; clients print it. */
export const VDE_VERSION = "2.3.3";
