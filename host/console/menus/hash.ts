// The forwarding database, which VDE calls the hash table.

import * as abi from "../../../assembly/abi.js";
import type { Address, Fdb } from "../../fdb.js";
import type { System } from "../../system.js";
import type { Vlans } from "../../vlans.js";
import { command, listing, type Menu, type Typed } from "../command.js";
import { decimal, mac, offering, optional, seconds } from "../kinds.js";
import { vlanOf } from "../offers.js";
import { addressTable } from "../tables.js";
import { four } from "../text.js";

const OFFERS_MAX = 256;

interface Target {
  readonly switch: { readonly fdb: Fdb; readonly vlans: Pick<Vlans, "require" | "list"> };
  readonly system: Pick<System, "log">;
}

/** Addresses that begin so, as many as a person may want to choose from. */
const known = offering(mac, function* ({ switch: { fdb } }: Target, { word }: Typed) {
  let left = OFFERS_MAX;
  for (const address of fdb.list()) {
    if (!address.mac.startsWith(word)) continue;
    yield address.mac;
    if (--left === 0) return;
  }
});

export const hashMenu: Menu<Target> = {
  name: "hash",
  title: "HASH TABLE MENU",
  commands: [
    listing("hash/showinfo", [], "show hash info", function* ({ switch: { fdb } }) {
      yield `Hash size ${fdb.size}`;
      yield `GC interval ${inSeconds(fdb.gcMs)} secs`;
      yield `GC expire ${inSeconds(fdb.expireMs)} secs`;
      yield `Min persistence ${inSeconds(fdb.persistMs)} secs`;
      if (fdb.limit !== abi.FDB_LIMIT_MAX) yield `Addresses ${fdb.count} of ${fdb.limit}`;
    }),
    command("hash/setsize", [decimal("N")], "change hash size", ({ switch: { fdb }, system }, size) => {
      fdb.size = size;
      if (fdb.size !== size) system.log(`Hash size must be a power of 2. ${size} rounded to ${fdb.size}`);
    }),
    command("hash/setgcint", [seconds("N")], "change garbage collector interval", ({ switch: { fdb } }, time) => {
      fdb.gcMs = time * 1000;
    }),
    command("hash/setexpire", [seconds("N")], "change hash entries expire time", ({ switch: { fdb } }, time) => {
      fdb.expireMs = time * 1000;
    }),
    command("hash/setminper", [seconds("N")], "minimum persistence time", ({ switch: { fdb } }, time) => {
      fdb.persistMs = time * 1000;
    }),
    listing(
      "hash/print",
      [],
      "print the hash table",
      function* ({ switch: { fdb } }) {
        for (const found of fdb.listing().rows()) yield found && row(found.bucket, found.address);
      },
      ({ switch: { fdb } }) => addressTable(fdb.listing().rows()),
    ),
    listing(
      "hash/find",
      [known, optional(vlanOf(decimal("VLAN")))],
      "MAC lookup",
      function* ({ switch: { fdb } }, text, vlan = 0) {
        const address = fdb.find(text, vlan);
        yield row(fdb.bucket(address), address);
      },
      ({ switch: { fdb } }, text, vlan = 0) => {
        const address = fdb.find(text, vlan);
        return addressTable([{ bucket: fdb.bucket(address), address }]);
      },
    ),
    command("hash/setlimit", [decimal("N")], "limit the addresses in all", ({ switch: { fdb } }, limit) => {
      fdb.limit = limit;
    }),
    command(
      "hash/flush",
      [optional(vlanOf(decimal("VLAN")))],
      "forget all addresses (of a VLAN)",
      ({ switch: sw }, vlan) => {
        if (vlan === undefined) sw.fdb.flush();
        else sw.fdb.flushVlan(sw.vlans.require(vlan));
      },
    ),
  ],
};

function row(bucket: number, { mac: text, vlan, port, ageMs }: Address): string {
  const where = `VLAN ${four(vlan)} to port: ${String(port).padStart(3, "0")}`;
  return `Hash: ${four(bucket)} Addr: ${text} ${where}  age ${inSeconds(ageMs)} secs`;
}

function inSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
