// QEMU under way. Where it has no -netdev vde of its own, its adapters are plugged in here, each by a socket that QEMU is
// started with; so too for any other kind of link.

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { QEMU_FRAMING } from "../../host/framing.js";
import { join } from "../cable/join.js";
import { StreamSide } from "../cable/stream.js";
import { Failure, type Run } from "../cli/tool.js";
import { close } from "../native/libc.js";
import { socketPair } from "../native/pipe.js";
import { SOCK_STREAM } from "../native/socket.js";
import { statusOf } from "../pipeline/start.js";
import { findProgram } from "../programs.js";
import { type Adapter, rewrite } from "../qemu/rewrite.js";
import { openCable } from "../transports/open-cable.js";

const FIRST_FD = 3;
const QEMU = ["qemu", "qemu-system-x86_64"];
const KVM = ["kvm", "qemu-kvm", "qemu-system-x86_64"];

/** QEMU's program and its words, by the name that this was started under. */
export function programOf(name: string, words: readonly string[]): [string | undefined, readonly string[]] {
  if (name.endsWith("vdeqemu")) return [firstOf(QEMU), words];
  if (name.endsWith("vdekvm")) return [firstOf(KVM), words.includes("-enable-kvm") ? words : ["-enable-kvm", ...words]];
  return [words[0], words.slice(1)];
}

function firstOf(names: readonly string[]): string | undefined {
  return names.find((name) => findProgram(name) !== undefined) ?? names.at(-1);
}

export async function runQemu(program: string, line: readonly string[], run: Run): Promise<void> {
  const { words, adapters, mode } = rewrite(line, randomAddress);
  const hasVde = knowsVde(program);
  const own = hasVde ? adapters.filter(({ sock }) => /^\/[^[\]]*$/.test(sock)) : [];
  const ours = adapters.filter((adapter) => !own.includes(adapter));
  const links = await Promise.all(
    ours.map(({ sock, port }) =>
      openCable(sock, { description: "vdeqemu", port, mode, warn: (text) => run.log(text), reconnect: true }),
    ),
  );
  const pairs = ours.map(() => socketPair(SOCK_STREAM));
  const netdevs = [
    ...own.map((adapter) => ownNetdev(adapter, mode)),
    ...ours.map(({ id }, i) => `stream,id=${id},server=off,addr.type=fd,addr.str=${FIRST_FD + i}`),
  ];
  const devices = [...own, ...ours].flatMap(({ device }, i) => ["-netdev", netdevs[i]!, "-device", device]);
  const stdio = ["inherit", "inherit", "inherit", ...pairs.map(([theirs]) => theirs)] as const;
  const child = spawn(program, [...words, ...devices], { stdio: [...stdio] });
  for (const [theirs] of pairs) close(theirs);
  run.stop.addEventListener("abort", () => child.kill());
  const cables = links.map((link, i) => join(sideOf(ours[i]!, pairs[i]![1]), link, run.stop));
  const status = await statusOf(child, (text) => run.log(text));
  const wasStopped = run.stop.aborted;
  run.end();
  await Promise.all(cables);
  if (status !== 0 && !wasStopped) throw new Failure("", status);
}

function sideOf({ id }: Adapter, fd: number): StreamSide {
  return new StreamSide({ name: id, input: fd, output: fd, framing: QEMU_FRAMING });
}

function ownNetdev({ id, sock, port }: Adapter, mode: number | undefined): string {
  const options = [port === undefined ? "" : `,port=${port}`, mode === undefined ? "" : `,mode=0${mode.toString(8)}`];
  return `vde,id=${id},sock=${sock.replaceAll(",", ",,")}${options.join("")}`;
}

/** Whether this QEMU was built with VDE. */
function knowsVde(program: string): boolean {
  const { stdout } = spawnSync(program, ["-netdev", "help"], { encoding: "utf8" });
  return /^vde$/m.test(stdout ?? "");
}

/** QEMU's own prefix, and three octets of chance: its default is the same for every machine. */
function randomAddress(): string {
  return ["52:54:00", ...[...randomBytes(3)].map((octet) => octet.toString(16).padStart(2, "0"))].join(":");
}
