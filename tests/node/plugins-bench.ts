// A switch on a bench that loads plugins as the program does, and frames of IP.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frame } from "../../host/link.js";
import { addressOctets } from "../../host-node/native/address.js";
import { importPlugin } from "../../host-node/plugins.js";
import { consoleBench, type Machine } from "../host/console-bench.js";
import { mac } from "../lab.js";

export const SUCCESS = "1000 Success\n";

/** An answer with these lines of data. */
export function data(lines: readonly string[], result = SUCCESS): string {
  return ["0000 DATA END WITH '.'", ...lines, "."].map((line) => `${line}\n`).join("") + result;
}

/** A folder that goes with the test. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "loom-plugins-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Plugs of root in ports 1 and 2, and a manager. */
export async function pluginBench(folder = "/nowhere", machine: Machine = {}) {
  const system = { importPlugin: (name: string) => importPlugin(name, folder), ...machine.system };
  const bench = consoleBench({ ...machine, setups: machine.setups ?? [{ port: 1 }, { port: 2 }], system });
  return { ...bench, one: bench.open() };
}

interface Packet {
  readonly from: string;
  readonly station?: string;
  readonly vlan?: number;
}

/** A broadcast whose packet has this source address. */
export function ipFrame({ from, station = "a", vlan }: Packet): Frame {
  const source = addressOctets(from) ?? [];
  const v4 = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, ...source, 192, 168, 0, 1];
  const v6 = [0x60, 0, 0, 0, 0, 0, 59, 64, ...source, 0xff, 2, ...new Array(13).fill(0), 1];
  return ethernet(station, vlan, source.length === 4 ? [8, 0, ...v4] : [0x86, 0xdd, ...v6]);
}

/** A broadcast that asks in ARP, from this address. */
export function arpFrame({ from, station = "a", vlan }: Packet): Frame {
  const source = addressOctets(from) ?? [];
  const arp = [0, 1, 8, 0, 6, 4, 0, 1, ...mac(station), ...source, 0, 0, 0, 0, 0, 0, 10, 0, 0, 9];
  return ethernet(station, vlan, [8, 6, ...arp]);
}

function ethernet(station: string, vlan: number | undefined, rest: readonly number[]): Frame {
  const tag = vlan === undefined ? [] : [0x81, 0, vlan >> 8, vlan & 255];
  const octets = [...mac("*"), ...mac(station), ...tag, ...rest];
  return Uint8Array.from({ length: Math.max(60 + tag.length, octets.length) }, (_, i) => octets[i] ?? 0);
}
