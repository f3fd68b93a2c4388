// Reads a file as radvd.conf(5) has it: what router advertisements shall say. What it cannot mean here is refused, with the
// line, since a network that is told something else than was written is hard to understand.

import { refuse } from "../errors.js";
import { address } from "./address.js";
import {
  type Advertising,
  FOREVER_S,
  type Preference,
  type PrefixTold,
  toldOf,
  USUAL,
  v6Prefix,
} from "./advertising.js";

/** "AdvLinkMTU 1400;", or "prefix 2001:db8::/64 { ... };". */
interface Statement {
  readonly line: number;
  readonly words: readonly string[];
  readonly block?: readonly Statement[];
}

const STATEMENTS_MAX = 1_024;
const TOKEN = /#[^\n]*|\n|[{};]|[^\s{};#]+/g;

function* tokens(text: string): Generator<{ text: string; line: number }> {
  let line = 1;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "\n") line++;
    else if (!token.startsWith("#")) yield { text: token, line };
  }
}

function parse(text: string): Statement[] {
  const top: Statement[] = [];
  const open: { statements: Statement[]; line: number }[] = [{ statements: top, line: 0 }];
  let words: string[] = [];
  let count = 0;
  for (const { text: token, line } of tokens(text)) {
    const { statements } = open.at(-1)!;
    if (++count > 8 * STATEMENTS_MAX) wrong(line, "that is too long");
    if (token === "{") {
      if (words.length === 0 || open.length > 2) wrong(line, "no block may begin here");
      const block: Statement[] = [];
      statements.push({ line, words, block });
      open.push({ statements: block, line });
      words = [];
    } else if (token === "}") {
      if (words.length > 0) wrong(line, `${words[0]}: a semicolon is missing before the bracket`);
      if (open.length === 1) wrong(line, "a bracket is closed that was not opened");
      open.pop();
    } else if (token === ";") {
      if (words.length > 0) statements.push({ line, words });
      words = [];
    } else words.push(token);
  }
  const { line } = open.at(-1)!;
  if (open.length > 1) wrong(line, "a bracket is opened and not closed");
  if (words.length > 0) refuse("EINVAL", `${words[0]}: a semicolon is missing at the end`);
  return top;
}

function wrong(line: number, what: string): never {
  return refuse("EINVAL", `line ${line}: ${what}`);
}

/** The statements of a block that have no block of their own, by name, each read as it is asked for. */
class Settings {
  readonly #left = new Map<string, Statement>();

  constructor(statements: readonly Statement[] = []) {
    for (const each of statements) if (each.block === undefined) this.#left.set(each.words[0] ?? "", each);
  }

  #take<T>(name: string, usual: T, read: (word: string) => T | undefined, wanted: string): T {
    const found = this.#left.get(name);
    if (found === undefined) return usual;
    this.#left.delete(name);
    const value = found.words.length === 2 ? read(found.words[1]!) : undefined;
    return value ?? wrong(found.line, `${name}: ${wanted} is wanted`);
  }

  flag<T>(name: string, usual: T): boolean | T {
    const read = (word: string) => (word === "on" ? true : word === "off" ? false : undefined);
    return this.#take<boolean | T>(name, usual, read, "on or off");
  }

  number<T>(name: string, usual: T, least: number, most: number): number | T {
    const read = (word: string) => {
      const number = word === "infinity" ? FOREVER_S : /^\d{1,10}(\.\d+)?$/.test(word) ? Number(word) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    };
    return this.#take<number | T>(name, usual, read, `a number of ${least} to ${most}`);
  }

  preference(name: string): Preference {
    const read = (word: string) => (["low", "medium", "high"] as const).find((each) => each === word);
    return this.#take<Preference>(name, "medium", read, "low, medium or high");
  }

  /** Refuses what was not asked for. */
  end(): void {
    for (const [name, { line }] of this.#left) wrong(line, `${name} is not known here`);
  }
}

/** What a file says. EINVAL, with the line, where it cannot be meant. */
export function readRadvd(text: string): Advertising {
  const found = parse(text);
  const [only, more] = found.filter(({ words }) => words[0] === "interface");
  const other = found.find(({ words }) => words[0] !== "interface");
  if (other !== undefined) wrong(other.line, `${other.words[0]}: an interface is wanted, as "interface vd0 { ... };"`);
  if (only?.block === undefined || only.words.length !== 2)
    return refuse("EINVAL", 'an interface is wanted, as "interface vd0 { ... };"');
  if (more !== undefined) wrong(more.line, "there is one network here, and so one interface");
  return readInterface(only.block, only.line);
}

function readInterface(block: readonly Statement[], line: number): Advertising {
  const settings = new Settings(block);
  if (!settings.flag("AdvSendAdvert", false)) wrong(line, "AdvSendAdvert on is wanted, or nothing would be told");
  settings.flag("IgnoreIfMissing", true); // there is always a network
  const longestS = settings.number("MaxRtrAdvInterval", 600, 4, 1_800);
  const advertising: Advertising = {
    ...USUAL,
    intervalMs: 1_000 * longestS,
    intervalMinMs: 1_000 * settings.number("MinRtrAdvInterval", Math.max(3, longestS / 3), 3, longestS),
    ...optional("managed", settings.flag("AdvManagedFlag", undefined)),
    ...optional("other", settings.flag("AdvOtherConfigFlag", undefined)),
    ...optional("mtu", settings.number("AdvLinkMTU", undefined, 1_280, 65_535)),
    hopLimit: settings.number("AdvCurHopLimit", USUAL.hopLimit, 0, 255),
    routerS: settings.number("AdvDefaultLifetime", 3 * longestS, 0, 9_000),
    preference: settings.preference("AdvDefaultPreference"),
    reachableMs: settings.number("AdvReachableTime", 0, 0, 3_600_000),
    retransmitMs: settings.number("AdvRetransTimer", 0, 0, FOREVER_S),
    sourceAddress: settings.flag("AdvSourceLLAddress", true),
  };
  settings.end();
  return { ...advertising, ...readBlocks(block, 2 * longestS) };
}

function optional<Name extends string, T>(name: Name, value: T | undefined): { [key in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: T };
}

type Lists = Pick<Advertising, "prefixes" | "routes" | "resolvers" | "domains">;

function readBlocks(block: readonly Statement[], lifetimeS: number): Lists {
  const lists = { prefixes: [], routes: [], resolvers: [], domains: [] } as { [K in keyof Lists]-?: unknown[] };
  for (const statement of block) {
    if (statement.block === undefined) continue;
    const [kind = "", ...names] = statement.words;
    const settings = new Settings(statement.block);
    const inLine = <T>(read: () => T): T => at(statement.line, read);
    if (names.length === 0) wrong(statement.line, `${kind}: what it is about is missing`);
    if (kind === "prefix") lists.prefixes.push(inLine(() => readPrefix(settings, names)));
    else if (kind === "route")
      lists.routes.push({
        prefix: inLine(() => v6Prefix(names[0]!)),
        lifetimeS: settings.number("AdvRouteLifetime", 1.5 * lifetimeS, 0, FOREVER_S),
        preference: settings.preference("AdvRoutePreference"),
      });
    else if (kind === "RDNSS") {
      const addresses = inLine(() => names.map(address));
      if (addresses.some(({ length }) => length !== 16)) wrong(statement.line, "RDNSS: addresses of IPv6 are wanted");
      lists.resolvers.push({ addresses, lifetimeS: settings.number("AdvRDNSSLifetime", lifetimeS, 0, FOREVER_S) });
    } else if (kind === "DNSSL")
      lists.domains.push({ names, lifetimeS: settings.number("AdvDNSSLLifetime", lifetimeS, 0, FOREVER_S) });
    else wrong(statement.line, `${kind} is not known here`);
    settings.end();
  }
  const { resolvers, domains, ...rest } = lists as unknown as Required<Lists>;
  return { ...rest, ...(resolvers.length > 0 && { resolvers }), ...(domains.length > 0 && { domains }) };
}

function readPrefix(settings: Settings, [text = ""]: readonly string[]): PrefixTold {
  const prefix = v6Prefix(text);
  if (prefix.address.length !== 16) refuse("EINVAL", `${text}: a prefix of IPv6 is wanted`);
  const usual = toldOf(prefix);
  const told: PrefixTold = {
    prefix,
    onLink: settings.flag("AdvOnLink", usual.onLink),
    autonomous: settings.flag("AdvAutonomous", usual.autonomous),
    validS: settings.number("AdvValidLifetime", usual.validS, 0, FOREVER_S),
    preferredS: settings.number("AdvPreferredLifetime", usual.preferredS, 0, FOREVER_S),
  };
  if (told.preferredS > told.validS) refuse("EINVAL", `${text}: it is preferred longer than it is valid`);
  return told;
}

/** Says in which line something is wrong. */
function at<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return wrong(line, (error as { detail?: string }).detail ?? String(error));
  }
}
