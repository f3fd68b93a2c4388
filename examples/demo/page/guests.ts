// The two guests from their start to the first ping: terminals, names, addresses, something to fetch from each other.

import { addressOf, PREFIX, SEATS_MAX } from "../messages.js";
import { say } from "./dom.js";
import type { Machine } from "./machine.js";
import type { Images } from "./machine-worker.js";
import { openTerminal } from "./terminal.js";
import { offer } from "./tries.js";

export type GuestId = "a" | "b";

/** Octets of the file that each guest serves. */
const FILE_KB = 512;
const PINGS = 3;

export function nameOf(seat: number, id: GuestId): string {
  return `${id}${seat}`;
}

/** What guests are made from; each gets a copy of the state of its own. */
export async function fetchImages(): Promise<() => Images> {
  const paths = ["/guest/state", "/guest/bios.bin", "/guest/vgabios.bin"];
  const [state, bios, vgaBios] = await Promise.all(paths.map(fetched));
  const wasm = new URL("/modules/v86/v86.wasm", location.href).href;
  return () => ({ state: state!.slice(0), bios: bios!, vgaBios: vgaBios!, wasm });
}

async function fetched(path: string): Promise<ArrayBuffer> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

/** Gives a guest its name, its address, and something to serve; then a terminal to who is there. */
export async function settle(machine: Machine, seat: number, id: GuestId): Promise<void> {
  const [name, address] = [nameOf(seat, id), addressOf(seat, id)];
  const terminal = openTerminal(id, {
    label: `Terminal of guest ${name}`,
    ontype: (text) => machine.type(text),
    onresize: ({ columns, rows }) => void machine.run(sizing(columns, rows)),
  });
  machine.onoutput = (text) => terminal.write(text);
  await must(machine, `network ${name} ${address}/${PREFIX}`);
  await must(machine, hosts());
  await must(machine, `mkdir /srv; dd if=/dev/urandom of=/srv/file bs=1k count=${FILE_KB} 2>/dev/null; httpd -h /srv`);
  await must(machine, sizing(terminal.cols, terminal.rows));
  const other = nameOf(seat, id === "a" ? "b" : "a");
  const greeting = `\\e[1m${name}\\e[0m is ${address}, a Debian Linux in this page. Say hello: \\e[1mping ${other}\\e[0m\\n`;
  await must(machine, `terminal '${greeting}' &`);
  offer(id, [`ping -c 5 ${other}`, `wget -qO- ${other}/file | md5sum`, "ip neigh"], (command) => {
    machine.type(`\x15${command}\n`);
    terminal.focus();
  });
  say(`name-${id}`, name);
  say(`address-${id}`, address);
}

/** Pings one guest from the other. Resolves with the shortest time to an answer, in milliseconds. */
export async function firstPing(from: Machine, to: string): Promise<number> {
  const text = await must(from, `ping -c ${PINGS} -i 0.3 -W 3 ${to}`);
  const [, least] = /= ([\d.]+)\//.exec(text) ?? [];
  return Number(least);
}

/** Names for every guest that there may be in any tab. */
function hosts(): string {
  const line = (id: GuestId) => `echo "${addressOf(0, id).replace(".0.", ".$i.")} ${id}$i"`;
  return `i=1; while [ $i -le ${SEATS_MAX} ]; do ${line("a")}; ${line("b")}; i=$((i+1)); done >/etc/hosts; echo '10.86.0.1 host' >>/etc/hosts`;
}

function sizing(columns: number, rows: number): string {
  return `stty -F /dev/ttyS0 cols ${columns} rows ${rows}`;
}

async function must(machine: Machine, line: string): Promise<string> {
  const { text, status } = await machine.run(line);
  if (status !== 0) throw new Error(`a guest could not do "${line.slice(0, 60)}": ${text.trim().slice(-200)}`);
  return text;
}
