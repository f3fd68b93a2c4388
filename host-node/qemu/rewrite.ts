// The command line of QEMU as VDE's users write it, in today's words: "-net nic -net vde,sock=/tmp/sw" is a network and a
// device on it.

import { UsageError } from "../cli/options.js";

/** A network adapter on a switch. */
export interface Adapter {
  /** The name of the network in QEMU: "vde0". */
  readonly id: string;
  /** The switch, by a URL. "" for the usual one. */
  readonly sock: string;
  readonly port: number | undefined;
  /** As QEMU's -device has it, with the address. */
  readonly device: string;
}

export interface Rewritten {
  /** What is QEMU's own, without what is about VDE. */
  readonly words: readonly string[];
  readonly adapters: readonly Adapter[];
  /** Permissions of the plugs' own sockets. */
  readonly mode: number | undefined;
}

interface Net {
  readonly vlan: string;
  readonly options: Readonly<Record<string, string>>;
}

/** What QEMU called an adapter, and calls it now. */
const MODELS: Readonly<Record<string, string>> = { virtio: "virtio-net-pci", ne2k: "ne2k_pci" };
const MODEL = "e1000";

/** Reads a command line. `address` makes an address for an adapter that has none; no two are alike. */
export function rewrite(line: readonly string[], address: () => string): Rewritten {
  const [words, nics, networks]: [string[], Net[], Net[]] = [[], [], []];
  const socks: string[] = [];
  let mode: number | undefined;
  const left = [...line];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const name = word.replace(/^--?/, "-");
    if (name === "-net" && /^nic(?:,|$)/.test(left[0] ?? "")) nics.push(net(left.shift()!));
    else if (name === "-net" && /^vde(?:,|$)/.test(left[0] ?? "")) networks.push(vdeNet(left.shift()!));
    else if (name === "-sock" || name === "-vdesock") socks.push(...(left.shift() ?? "").split(","));
    else if (name === "-mod") mode = octal(left.shift() ?? "");
    else words.push(word);
  }
  const all = networks.length > 0 ? networks : (socks.length > 0 ? socks : [""]).map((sock, i) => one(sock, i));
  const adapters = all.map((network, i) => adapter(network, i, taken(nics, network), address));
  return { words: [...words, ...nics.flatMap((nic) => ["-net", text(nic)])], adapters, mode };
}

function octal(text: string): number {
  if (!/^[0-7]{1,4}$/.test(text)) throw new UsageError(`--mod ${text}: permissions are octal, 0 to 7777`);
  return Number.parseInt(text, 8);
}

function one(sock: string, i: number): Net {
  return { vlan: String(i), options: { sock } };
}

/** "nic,vlan=1,macaddr=52:54:00:12:34:56" */
function net(word: string): Net {
  const pairs = word.split(/,(?=\w+=)/).slice(1);
  const options = Object.fromEntries(pairs.map((pair) => [pair.replace(/=.*/s, ""), pair.replace(/^[^=]*=/s, "")]));
  return { vlan: options["vlan"] ?? "0", options };
}

function vdeNet(word: string): Net {
  const found = net(word);
  for (const [key, value] of Object.entries(found.options)) {
    if (!["vlan", "sock", "port", "id", "name"].includes(key))
      throw new UsageError(`${word}: unknown parameter ${key}`);
    if (key === "port" && !/^\d+$/.test(value)) throw new UsageError(`${word}: a port is a number`);
  }
  return found;
}

/** The first adapter of the same number that is still there is the network's. */
function taken(nics: Net[], { vlan }: Net): Net | undefined {
  const at = nics.findIndex((nic) => nic.vlan === vlan);
  return at < 0 ? undefined : nics.splice(at, 1)[0];
}

function adapter({ options }: Net, i: number, nic: Net | undefined, address: () => string): Adapter {
  const { model = MODEL, macaddr = address() } = nic?.options ?? {};
  const id = `vde${i}`;
  const { sock = "", port } = options;
  return {
    id,
    sock: sock.replace(/^"(.*)"$/s, "$1"),
    port: port === undefined ? undefined : Number(port),
    device: `${MODELS[model] ?? model},netdev=${id},mac=${macaddr}`,
  };
}

function text({ options }: Net): string {
  return ["nic", ...Object.entries(options).map(([key, value]) => `${key}=${value}`)].join(",");
}
