// Every kind of link as a Transport, for programs: what comes out is a Link, whatever it is made of.

import type { Transport } from "../../host/link.js";
import { linkOf } from "../cable/link.js";
import { openLink } from "./open.js";
import { SCHEMES } from "./schemes.js";

export const transports: readonly Transport[] = SCHEMES.map(({ scheme, example, help }) => ({
  scheme,
  example,
  help,
  dial: async (url) => linkOf(await openLink(url, { description: "loom:" })),
}));
