// Names that strangers want looked up. getaddrinfo(3) blocks one of libuv's four threads for each, for as long as a resolver
// is silent; here it is this machine's hosts file and c-ares, which block none, and each owner waits for itself alone.

import { Resolver } from "node:dns/promises";
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { lookups } from "./process.js";
import type { Turns } from "./turns.js";

const TRY_MS = 2_500;
const TRIES = 2;
/** resolv.conf(5): what is looked at for `search` and `options`, which c-ares does not apply to a question of ours. */
const RESOLV_CONF = "/etc/resolv.conf";
const HOSTS = "/etc/hosts";
const SEARCH_MAX = 6;
const NDOTS_MAX = 15;
/** RFC 1035 2.3.4. */
const NAME_MAX = 253;

/** Looks a name up. Its addresses, best first; none where it has none, nobody answers, or nobody wants to know any more. */
export type Lookup = (name: string, owner: string, signal?: AbortSignal) => Promise<readonly string[]>;

export interface NamesOptions {
  /** Resolvers, as "192.0.2.1:53", in place of the machine's. */
  readonly servers?: readonly string[];
  readonly hosts?: string;
  readonly turns?: Turns;
}

export class Names {
  readonly #servers: readonly string[] | undefined;
  readonly #turns: Turns;
  readonly #hosts: Watched<ReadonlyMap<string, readonly string[]>>;
  readonly #search = new Watched(RESOLV_CONF, readSearch);

  constructor({ servers, hosts = HOSTS, turns = lookups }: NamesOptions = {}) {
    this.#servers = servers;
    this.#turns = turns;
    this.#hosts = new Watched(hosts, readHosts);
  }

  readonly lookup: Lookup = async (text, owner, signal) => {
    if (isIP(text) !== 0) return [text];
    const name = text.toLowerCase().replace(/\.$/, "");
    if (name === "" || name.length > NAME_MAX || /[^\x21-\x7e]/.test(name)) return [];
    const own = this.#hosts.get().get(name) ?? (isLoopback(name) ? ["127.0.0.1", "::1"] : undefined);
    if (own !== undefined) return inOrder(own);
    const wanted = text.endsWith(".") ? [name] : candidates(name, this.#search.get());
    return await this.#turns.run(owner, () => this.#ask(wanted, signal));
  };

  async #ask(wanted: readonly string[], signal: AbortSignal | undefined): Promise<readonly string[]> {
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (this.#servers !== undefined) resolver.setServers(this.#servers);
    const cancel = () => resolver.cancel();
    signal?.addEventListener("abort", cancel);
    try {
      return await firstOf(resolver, wanted, signal);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }
}

/** The addresses of the first of these names that has any. */
async function firstOf(
  resolver: Resolver,
  wanted: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  for (const candidate of wanted) {
    if (signal?.aborted) break;
    const answers = await Promise.all([
      resolver.resolve6(candidate).catch(() => []),
      resolver.resolve4(candidate).catch(() => []),
    ]);
    if (answers.flat().length > 0) return inOrder(answers.flat());
  }
  return [];
}

/** RFC 6761 6.3: these are this machine, whatever a resolver says. */
function isLoopback(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}

/** As RFC 6724 has it for a machine with and without IPv6: what can be reached comes first. */
function inOrder(addresses: readonly string[]): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const has = (isInternal: boolean) =>
    own.some(({ family, internal, address }) => {
      return family === "IPv6" && internal === isInternal && !address.startsWith("fe80:");
    });
  const rank = (address: string) => {
    if (!address.includes(":")) return 1;
    return has(address === "::1") ? 0 : 2;
  };
  return [...new Set(addresses)].sort((a, b) => rank(a) - rank(b));
}

interface Search {
  readonly domains: readonly string[];
  readonly ndots: number;
}

function candidates(name: string, { domains, ndots }: Search): readonly string[] {
  const searched = domains.map((domain) => `${name}.${domain}`);
  return name.split(".").length > ndots ? [name, ...searched] : [...searched, name];
}

function readSearch(text: string): Search {
  let domains: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split("\n")) {
    const [key, ...words] = line
      .replace(/[#;].*/, "")
      .trim()
      .split(/\s+/);
    if (key === "search" || key === "domain") domains = words.slice(0, SEARCH_MAX).filter((word) => word !== ".");
    if (key !== "options") continue;
    const given = words.map((word) => /^ndots:(\d+)$/.exec(word)?.[1]).find((digits) => digits !== undefined);
    if (given !== undefined) ndots = Math.min(NDOTS_MAX, Number(given));
  }
  return { domains, ndots };
}

function readHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names.map((each) => each.toLowerCase())) found.set(name, [...(found.get(name) ?? []), address]);
  }
  return found;
}

/** A file of the machine's, read anew when it has changed. */
class Watched<T> {
  readonly #path: string;
  readonly #read: (text: string) => T;
  #value: T | undefined;
  #changed = "";

  constructor(path: string, read: (text: string) => T) {
    this.#path = path;
    this.#read = read;
  }

  get(): T {
    try {
      const { mtimeMs, ino, size } = statSync(this.#path);
      const changed = `${mtimeMs} ${ino} ${size}`;
      if (this.#value !== undefined && changed === this.#changed) return this.#value;
      this.#value = this.#read(readFileSync(this.#path, "utf8"));
      this.#changed = changed;
      return this.#value;
    } catch {
      return this.#value ?? this.#read(""); // it is not there, or there is no descriptor to read it by
    }
  }
}

/** Those of this process: one, so that what is under way is counted together. */
export const names = new Names();
