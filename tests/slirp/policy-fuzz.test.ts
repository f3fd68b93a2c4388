// Random rules against random destinations, in every way to write them, beside a model that knows addresses as numbers and
// nothing of the gateway's code. POLICY_FUZZ sets how many, POLICY_SEED which.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { address, parsePrefix } from "../../host/slirp/address.js";
import { settle } from "../../host/slirp/options.js";
import { Policy } from "../../host/slirp/policy.js";
import { parseRule } from "../../host/slirp/rule.js";
import { type Random, random } from "../random.js";
import { refusal } from "../refusal.js";

const test = suite("slirp policy fuzz");
const COUNT = Number(process.env["POLICY_FUZZ"] ?? 20_000);
const SEED = Number(process.env["POLICY_SEED"] ?? 11);
const NEVER_4 = [
  ...["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "10.0.2.0/24"],
  ...["100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "100.96.0.96/32"],
];
const NEVER_6 = [
  ...["::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "fe80::/10", "fec0::/10", "ff00::/8", "fd00::/64"],
  ...["fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:0/112", "fd00:42::42/128", "fd00:a9fe:a9fe::/64"],
  ...["fd00:100::100:200/128", "2001:db8:77::/64"],
];

/** An address as the model has it. */
interface Place {
  readonly bits: 32 | 128;
  readonly number: bigint;
}

interface Range extends Place {
  readonly length: number;
}

interface ModelRule extends Range {
  readonly first: number;
  readonly last: number;
}

function place(text: string): Place {
  const octets = address(text);
  return { bits: octets.length === 4 ? 32 : 128, number: BigInt(`0x${Buffer.from(octets).toString("hex")}`) };
}

function range(text: string): Range {
  const [start = "", length] = text.split("/");
  const from = place(start);
  return { ...from, length: length === undefined ? from.bits : Number(length) };
}

function holds(outer: Range, { bits, number }: Place): boolean {
  const shift = BigInt(bits - outer.length);
  return outer.bits === bits && outer.number >> shift === number >> shift;
}

const never = [...NEVER_4, ...NEVER_6].map(range);
const part = (number: bigint, at: bigint): Place => ({ bits: 32, number: (number >> at) & 0xffff_ffffn });
const is = (text: string, to: Place) => holds(range(text), to);

/** Where it goes, what else it is judged as, and the family of its spelling. */
function judged(to: Place): { real: Place; as: Place[]; spelling?: string; isLoopback?: true } {
  if (is("10.0.2.2", to)) return { real: place("127.0.0.1"), as: [], spelling: "10.0.2.0/24", isLoopback: true };
  if (is("fd00::2", to)) return { real: place("::1"), as: [], spelling: "fd00::/64", isLoopback: true };
  for (const spelling of ["64:ff9b::/96", "::ffff:0:0/96"])
    if (is(spelling, to)) return { real: part(to.number, 0n), as: [], spelling };
  if (is("2002::/16", to)) return { real: to, as: [part(to.number, 80n)], spelling: "2002::/16" };
  if (is("2001::/32", to)) {
    const client = { bits: 32, number: part(to.number, 0n).number ^ 0xffff_ffffn } as const;
    return { real: to, as: [part(to.number, 64n), client], spelling: "2001::/32" };
  }
  if (is("64:ff9b:1::/48", to)) return { real: to, as: [part(to.number, 0n)], spelling: "64:ff9b:1::/48" };
  return { real: to, as: [] };
}

/** What a rule for one way of writing an IPv4 prefix means beside that. */
function meaning(rule: ModelRule): ModelRule | undefined {
  const isSpelled = is("64:ff9b::/96", rule) || is("::ffff:0:0/96", rule);
  if (!isSpelled || rule.length <= 96) return undefined;
  return { ...rule, ...part(rule.number, 0n), length: rule.length - 96 };
}

interface Rules {
  readonly allow: readonly ModelRule[];
  readonly deny: readonly ModelRule[];
}

/** Whether a guest reaches a port there. */
function goes(to: Place, port: number, { allow, deny }: Rules, hostLoopback: boolean): boolean {
  const { real, as, spelling, isLoopback } = judged(to);
  if (isLoopback ? !hostLoopback : [real, ...as].some((each) => never.some((outer) => holds(outer, each))))
    return false;
  const about = (rules: readonly ModelRule[]) => rules.filter(({ first, last }) => port >= first && port <= last);
  const whole = (rules: readonly ModelRule[]) =>
    rules.flatMap((rule) => [rule, ...(meaning(rule) ? [meaning(rule)!] : [])]);
  if (whole(about(deny)).some((rule) => [to, real, ...as].some((each) => holds(rule, each)))) return false;
  if (allow.length === 0) return true;
  const inWay = (rule: ModelRule) =>
    spelling !== undefined && rule.length >= range(spelling).length && holds(range(spelling), rule);
  if (about(allow).some((rule) => inWay(rule) && holds(rule, to))) return true;
  const loopback = range(real.bits === 32 ? "127.0.0.0/8" : "::1");
  const names = (rule: ModelRule) => !isLoopback || (rule.length >= loopback.length && holds(loopback, rule));
  const open = about(allow).filter((rule) => whole([rule]).some(names));
  return (as.length > 0 ? as : [real]).every((each) => whole(open).some((rule) => holds(rule, each)));
}

const FOUR = ["10.9.9.9", "198.51.100.7", "127.0.0.1", "169.254.169.254", "10.0.2.2", "10.0.2.77", "100.96.0.96"];
const SIX = ["2001:db8::1", "fd00::2", "fd00::77", "::1", "fd20:ce::254", "fd00:ec2::23", "2001:db8:77::5", "fe80::1"];

function dotted(draw: Random): string {
  return draw.below(3) > 0 ? draw.pick(FOUR) : Array.from({ length: 4 }, () => draw.below(256)).join(".");
}

function hexed(draw: Random, v4: string): string {
  const [a, b, c, d] = v4.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return draw.below(2) === 0 ? `${a}${b}:${c}${d}` : `${a}${b}:${c}${d}`.toUpperCase();
}

/** A place, in one of the ways in which it can be written. */
function written(draw: Random): string {
  const v4 = dotted(draw);
  switch (draw.below(9)) {
    case 0:
      return `::ffff:${v4}`;
    case 1:
      return `64:ff9b::${draw.below(2) === 0 ? v4 : hexed(draw, v4)}`;
    case 2:
      return `64:ff9b:1::${hexed(draw, v4)}`;
    case 3:
      return `2002:${hexed(draw, v4)}::${draw.below(9)}`;
    case 4:
      return `2001:0:${hexed(draw, v4)}:0:0:${hexed(draw, dotted(draw))}`;
    case 5:
      return draw.pick([`::${v4}`, `::ffff:0:${v4}`]);
    case 6:
    case 7:
      return draw.pick(SIX);
    default:
      return v4;
  }
}

/** A rule, as people write it and as the model has it. */
function rule(draw: Random): { text: string; model: ModelRule } {
  const at = written(draw);
  const { bits } = place(at);
  const length = draw.pick([bits, bits, bits - 8, 96, 48, 16, 8, 1, 0].filter((each) => each <= bits));
  const prefix = draw.below(4) === 0 && length === bits ? at : `${at}/${length}`;
  const [first, last] = draw.pick([
    [0, 65_535],
    [80, 80],
    [80, 443],
    [0, 0],
    [1_024, 65_535],
  ]) as [number, number];
  const ports = first === last ? `${first}` : `${first}-${last}`;
  const isAll = first === 0 && last === 65_535;
  const text = isAll && draw.below(2) === 0 ? prefix : `${bits === 32 ? prefix : `[${prefix}]`}:${ports}`;
  return { text, model: { ...range(prefix), first, last } };
}

function drawn(draw: Random): { texts: { allow: string[]; deny: string[] }; rules: Rules } {
  const [allow, deny] = [draw.below(3), draw.below(3)].map((count) => Array.from({ length: count }, () => rule(draw)));
  return {
    texts: { allow: allow!.map(({ text }) => text), deny: deny!.map(({ text }) => text) },
    rules: { allow: allow!.map(({ model }) => model), deny: deny!.map(({ model }) => model) },
  };
}

test(`${COUNT} destinations, seed ${SEED}`, () => {
  const draw = random(SEED);
  let [open, made] = [0, 0];
  for (let count = 0; count < COUNT; ) {
    const { texts, rules } = drawn(draw);
    const hostLoopback = draw.below(3) > 0;
    const advertise = [parsePrefix("fd00::/64"), parsePrefix("2001:db8:77::/64")];
    const hosts = [parsePrefix("10.0.2.2/24"), parsePrefix("fd00::2/64")];
    const own = { hosts, nat64: true, advertise, hostLoopback };
    const settings = settle({ ...own, allow: texts.allow.map(parseRule), deny: texts.deny.map(parseRule) });
    if (refusal(() => new Policy(settings)) !== undefined) continue; // a rule that changes nothing
    made++;
    const policy = new Policy(settings);
    for (let places = 0; places < 50; places++, count++) {
      const to = written(draw);
      const port = draw.pick([0, 22, 80, 443, 8_080]);
      const found = policy.target(address(to), port);
      const about = `${to} port ${port}, ${JSON.stringify(texts)}, ${hostLoopback ? "" : "isolated"}`;
      assert.is(found !== undefined, goes(place(to), port, rules, hostLoopback), about);
      if (found === undefined) continue;
      open++;
      assert.equal(place(found.host), judged(place(to)).real, about);
    }
  }
  assert.ok(made > 100 || COUNT < 20_000, `${made} policies`);
  assert.ok(open > COUNT / 50, `${open} of ${COUNT} are open`);
});

test.run();
