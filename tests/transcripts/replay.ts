// Replays what managers said to VDE's own switch, and what it answered, against ours.
//
//   > port/create 3            sent, with a newline
//   >= help\r\n                sent as it is
//   < 1000 Success             a line that was answered
//   <= 9999 END OF SESSION     the same, without a newline
//   <$                         the prompt: a newline, "vde$" and a blank
//   ! plug 5 6 root "ep"       what happened meanwhile: a plug in port 5, which VDE called endpoint 6
//   ! unplug 6
//   ! say 5 02:00:00:00:00:01 #7 /4500   a broadcast from port 5, tagged for VLAN 7, with these octets in it
//   ! pass 3                   seconds
//   ! session second           what follows is another manager's; the first time, it connects
//   ! switch ports=6           how the switch was started; the first line

import { linkPair } from "../../host/link-pair.js";
import type { Endpoint } from "../../host/ports.js";
import { consoleBench, type Machine, type Manager } from "../host/console-bench.js";
import { Expectations } from "./apply.js";
import { differences } from "./differences.js";
import { steps, unescaped } from "./steps.js";

const PROMPT = "\nvde$ ";

/** Runs a transcript. Returns what went otherwise than it says, or than the table says that it goes. */
export async function replay(name: string, machine: Machine = {}, table = differences): Promise<string[]> {
  const [first, ...others] = steps(name, PROMPT);
  const player = new Player(started(first?.action ?? "", machine));
  const expectations = new Expectations(name, table, PROMPT);
  const failures: string[] = [];
  for (const { line, action, original } of others) {
    const got = expectations.stripped(await player.play(action));
    const { text, mend } = expectations.of(action, player.renumbered(original));
    if (got !== text) failures.push(`${name}.txt:${line}: ${action}\n--- expected\n${text}\n--- got\n${got}`);
    for (const command of mend) await player.mend(command);
  }
  return [...failures, ...expectations.unmet.map((place) => `listed as a difference, and none: ${place}`)];
}

function started(action: string, machine: Machine) {
  const given: Record<string, string | undefined> = {};
  for (const [, key = "", value] of action.matchAll(/(\w+)=(\S+)/g)) given[key] = value;
  const mac = given["mac"]?.split(":").map((octet: string) => Number.parseInt(octet, 16));
  return consoleBench({
    ...machine,
    options: { ports: Number(given["ports"] ?? 32), ...(mac && { mac: Uint8Array.from(mac) }) },
    system: {
      ...machine.system,
      pid: Number(given["pid"] ?? 1),
      management: { path: given["mgmt"] ?? "", mode: 0o600 },
      control: { dir: given["ctl"] ?? "", mode: 0o600 },
    },
  });
}

/** Does what a step says, and keeps what the managers hear. */
class Player {
  readonly #bench: ReturnType<typeof consoleBench>;
  readonly #endpoints = new Map<number, Endpoint>();
  readonly #sessions = new Map<string, Manager>();
  #manager: Manager | undefined;

  constructor(bench: ReturnType<typeof consoleBench>) {
    this.#bench = bench;
  }

  async play(action: string): Promise<string> {
    const [, sign = "", rest = ""] = /^(>=|>|!) ?(.*)$/.exec(action) ?? [];
    if (sign === "!") this.#happen(rest);
    else await this.#manager?.session.feed(sign === ">" ? `${this.#readdressed(rest)}\n` : unescaped(rest));
    this.#bench.pass(0);
    return this.#manager?.said() ?? "";
  }

  /** Runs a command that the transcript has not, so that what follows finds what VDE's switch had. */
  async mend(command: string): Promise<void> {
    await this.#manager?.say(command);
  }

  /** Puts our endpoint numbers where VDE printed its own, which are descriptors. */
  renumbered(text: string): string {
    const ours = (id: string) => this.#endpoints.get(Number(id))?.id ?? Number(id);
    return text
      .replace(/(?<=endpoint ID )\d{4}/g, (id) => String(ours(id)).padStart(4, "0"))
      .replace(/(?<= FD )[ \d]\d/g, (id) => String(ours(id)).padStart(2));
  }

  #readdressed(command: string): string {
    const [, head, id] = /^(port\/epclose \d+ )(\w+)$/.exec(command) ?? [];
    return head === undefined ? command : `${head}${this.#endpoints.get(Number(id))?.id ?? id}`;
  }

  #happen(what: string): void {
    const [verb, ...words] = what.split(" ");
    if (verb === "plug") this.#plug(what);
    else if (verb === "unplug") this.#bench.sw.unplug(this.#endpoints.get(Number(words[0]))!);
    else if (verb === "pass") this.#bench.pass(Number(words[0]) * 1000);
    else if (verb === "say") this.#say(what);
    else if (verb === "session") this.#enter(words[0] ?? "");
    else throw new SyntaxError(what);
  }

  #plug(what: string): void {
    const [, port, id, description = ""] = /^plug (\d+) (\d+) root "(.*)"$/.exec(what) ?? [];
    const [inside, link] = linkPair();
    const shown = { port: Number(port), description, module: "unix prog", uid: 0 };
    const endpoint = this.#bench.sw.plug(inside, shown);
    this.#endpoints.set(Number(id), endpoint);
    this.#bench.stations.push({ port: Number(port), endpoint, link, heard: [] });
  }

  #say(what: string): void {
    const [, port, mac = "", vlan, octets = ""] = /^say (\d+) (\S+)(?: #(\d+))?(?: \/(\w+))?$/.exec(what) ?? [];
    const tag = vlan === undefined ? [] : [0x81, 0x00, Number(vlan) >> 8, Number(vlan) & 255];
    const source = mac.split(":").map((octet) => Number.parseInt(octet, 16));
    const header = [255, 255, 255, 255, 255, 255, ...source, ...tag, 8, 0, ...Buffer.from(octets, "hex")];
    this.#bench.say(
      Number(port),
      Uint8Array.from({ length: 60 + tag.length }, (_, i) => header[i] ?? 0),
    );
  }

  #enter(name: string): void {
    this.#manager = this.#sessions.get(name) ?? this.#bench.open();
    this.#sessions.set(name, this.#manager);
  }
}
