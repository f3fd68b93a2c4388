// The records of abi.ts: their fields do not overlap, and where the core has a class for a record, the compiler proves that
// each field stands where abi.ts says, and it is as wide.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";

const test = suite("abi");
const read = (path: string) => readFileSync(new URL(`../../../assembly/${path}`, import.meta.url), "utf8");
const numbers: Readonly<Record<string, number>> = { ...abi };

/** Each record with its size; a ring's head ends where its data begins. */
const RECORDS: Readonly<Record<string, number>> = {
  VLAN: abi.VLAN_SIZE,
  PORT: abi.PORT_DROPS,
  ENDPOINT: abi.ENDPOINT_SIZE,
  HEAD: abi.HEAD_SIZE,
  VNET: abi.VNET_SIZE,
  MMSGHDR: abi.MMSGHDR_SIZE,
  IOVEC: abi.IOVEC_SIZE,
  RING: abi.RING_DATA,
  CAPTURE: abi.CAPTURE_FRAME,
  EVENT: abi.EVENT_SIZE,
  ADDRESS: abi.ADDRESS_SIZE,
  SPAN: abi.SPAN_SIZE,
  TREE: abi.TREE_SIZE,
  BRANCH: abi.BRANCH_SIZE,
  CALL: abi.CONFIG_HELLO_S - abi.CONFIG_CALL,
  CONFIG: abi.CONFIG_SIZE,
};

/** A class of the core, and of a record within another what its fields' names begin with there and where it starts. */
interface Class {
  readonly name: string;
  readonly file: string;
  readonly prefix?: string;
  readonly start?: "HEAD_VNET" | "CONFIG_CALL";
}

const CLASSES: Readonly<Record<string, Class>> = {
  PORT: { name: "Port", file: "layout.ts" },
  ENDPOINT: { name: "Endpoint", file: "layout.ts" },
  HEAD: { name: "Head", file: "layout.ts" },
  VNET: { name: "Head", file: "layout.ts", prefix: "vnet_", start: "HEAD_VNET" },
  ADDRESS: { name: "Address", file: "layout.ts" },
  CONFIG: { name: "Config", file: "layout.ts" },
  CALL: { name: "Config", file: "layout.ts", prefix: "call_", start: "CONFIG_CALL" },
  TREE: { name: "Tree", file: "tree.ts" },
  BRANCH: { name: "Branch", file: "tree.ts" },
};

interface Field {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** How many octets a comment gives a field: "u16, ...", "two u64, ...", "6 octets, ...". */
function sizeIn(comment: string): number | undefined {
  const [, two, bits, octets] = /^(?:(two |six )?[uif](8|16|32|64)\b(?! for each)|(\d+) octets)/.exec(comment) ?? [];
  if (octets !== undefined) return Number(octets);
  return bits === undefined ? undefined : (Number(bits) / 8) * ({ "two ": 2, "six ": 6 }[two ?? ""] ?? 1);
}

function fieldsOf(record: string): Field[] {
  const pattern = new RegExp(`^export const (${record}_\\w+): u32 = [^;]+;(?: // (.*))?$`, "gm");
  return [...read("abi.ts").matchAll(pattern)].flatMap(([, name = "", comment = ""]) => {
    const size = isSet(name) ? abi.SET_SIZE : name === "HEAD_VNET" ? abi.VNET_SIZE : sizeIn(comment);
    return size === undefined ? [] : [{ name, offset: numbers[name] ?? Number.NaN, size }];
  });
}

function isSet(name: string): boolean {
  return name === "TREE_MEMBERS" || /^VLAN_(?:TAGGED|UNTAGGED|NOT_LEARNING|NOT_FORWARDING|EDGE)$/.test(name);
}

/** A class's fields as asc lays them out: in their order, each at a multiple of its size. */
function classFields({ name, file }: Class): Map<string, { offset: number; size: number }> {
  const body = new RegExp(`export class ${name} \\{\\n([^}]*)`).exec(read(file))?.[1] ?? "";
  const fields = new Map<string, { offset: number; size: number }>();
  let end = 0;
  for (const [, field = "", bits] of body.matchAll(/^ {2}(\w+): [uif](\d+);$/gm)) {
    const size = Number(bits) / 8;
    const offset = Math.ceil(end / size) * size;
    fields.set(field, { offset, size });
    end = offset + size;
  }
  return fields;
}

/** What lies behind a class, or is a record of its own. */
function isBeyond({ name }: Field): boolean {
  return isSet(name) || name === "HEAD_VNET";
}

const camel = (name: string) => name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

for (const [record, size] of Object.entries(RECORDS)) {
  test(`no two fields of ${record} overlap, and all lie within it`, () => {
    const fields = fieldsOf(record)
      .filter(({ name }) => name !== "EVENT_LOST") // stands in the head of the ring
      .sort((a, b) => a.offset - b.offset);
    assert.ok(fields.length >= 2, "there are fields");
    fields.forEach((field, i) => {
      const next = fields[i + 1]?.offset ?? size;
      assert.ok(field.offset + field.size <= next, `${field.name} ends before ${fields[i + 1]?.name ?? "the end"}`);
    });
  });
}

for (const [record, made] of Object.entries(CLASSES)) {
  const { name, file, prefix = "", start } = made;
  test(`the compiler proves where each field of ${record} is`, () => {
    const inClass = classFields(made);
    for (const field of fieldsOf(record)) {
      if (isBeyond(field)) continue;
      const own = camel(prefix + field.name.slice(record.length + 1));
      const found = inClass.get(own);
      assert.is(
        found?.offset,
        field.offset + (start === undefined ? 0 : (numbers[start] ?? 0)),
        `${name}.${own} is at ${field.name}`,
      );
      assert.ok(found!.size <= field.size, `${name}.${own} is not wider than ${field.name}`);
      const place = `${start === undefined ? "" : `abi.${start} + `}abi.${field.name}`;
      assert.ok(read(file).includes(`offsetof<${name}>("${own}") != ${place}) ERROR(`), `${field.name} is proved`);
    }
  });
}

test.run();
