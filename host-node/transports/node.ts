// A node of a network in this program: plugs connect to its directory as to a switch, and the program is one more of its
// ends. It has no console and no spanning tree; who wants these runs a switch.

import { refuse } from "../../host/errors.js";
import type { Link } from "../../host/link.js";
import { type Keys, octalMode, readParameters, splitBrackets, wholeNumber } from "../../host/vde/parameters.js";
import { userName } from "../native/accounts.js";
import { serveVde } from "../servers/vde.js";
import { Node, type Policy } from "./node-ends.js";
import type { Open, PlugOptions } from "./open.js";

/** Keys as libvdeplug has them; those for its hash table change nothing here. */
const KEYS = {
  mode: "value",
  dirmode: "value",
  grp: "value",
  hashsize: "value",
  hashseed: "value",
  expiretime: "value",
} as const satisfies Keys;
const MODE = 0o600;
const EXPIRE_S = 120;
const EXPIRE_S_MAX = 1_000_000;

/** How frames go in a node of a kind. */
export function openNode(policy: Policy): Open {
  return async (rest, options) => await open(policy, rest, options);
}

async function open(policy: Policy, rest: string, { mode, group, warn = () => {} }: PlugOptions): Promise<Link> {
  const { path, words } = splitBrackets(rest);
  const { mode: asked, dirmode, grp, expiretime } = readParameters(words, KEYS);
  const dir = path === "" ? `/tmp/vdenode_${userName(process.geteuid?.() ?? 0)}` : path;
  const seconds = wholeNumber("expiretime", expiretime ?? `${EXPIRE_S}`, 1, EXPIRE_S_MAX);
  const node = new Node(policy, `${policy} ${dir}`, seconds * 1000);
  const server = await serveVde(node, {
    dir,
    mode: asked === undefined ? (mode ?? MODE) & 0o666 : octalMode(asked) & 0o666,
    dirMode: dirmode === undefined ? undefined : octalMode(dirmode),
    group: grp ?? group,
    log: warn,
  }).catch((error) => (error.code === "EADDRINUSE" ? refuse("EEXIST", error.detail) : Promise.reject(error)));
  node.onshut = () => void server.close();
  return node;
}
