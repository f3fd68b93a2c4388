// What a guest's way out may be: each a switch with a tap of the guest and a gateway at it, or a gateway that has a tap of
// its own.

import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startIn, until } from "./space.js";
import { hostProgram } from "./subjects.js";

/** Where a subject is started, and what it is to make. */
export interface Place {
  /** The namespace of the world, and of the guest. */
  readonly world: string;
  readonly guest: string;
  /** The guest's interface: in the guest's namespace already, or still in the world's. */
  readonly tap: string;
  readonly folder: string;
}

export interface GatewaySubject {
  readonly name: string;
  /** Programs that it needs, and does not have. */
  readonly lacks: () => readonly string[];
  readonly start: (place: Place) => Promise<ChildProcess[]>;
}

const LOOM = [process.execPath, fileURLToPath(new URL("../../bin/loom.js", import.meta.url))];
const missing = (...programs: string[]) => programs.filter((program) => hostProgram(program) === undefined);
/** VDE's old one dies of SIGPIPE where the world ends a connection in the middle of an upload. */
const SPARED = ["env", "--ignore-signal=PIPE"];

type Switch = (place: Place, socket: string) => readonly string[];
const own: Switch = ({ tap }, socket) => [...LOOM, "switch", "--nostdin", "--sock", socket, "--tap", tap];
const debian: Switch = ({ tap }, socket) => ["vde_switch", "-s", socket, "-f", "/dev/null", "-t", tap];

/** A gateway at a switch, both in the world. */
function at(sw: Switch, gateway: (socket: string) => readonly string[]): GatewaySubject["start"] {
  return async (place) => {
    const socket = join(place.folder, "sw");
    const running = startIn(place.world, sw(place, socket));
    await until("a switch", () => existsSync(join(socket, "ctl")));
    return [running, startIn(place.world, gateway(socket))];
  };
}

const vdeSlirp = (socket: string) => [...SPARED, "slirpvde", "-s", socket];

/** passt speaks QEMU's stream: a switch of ours has a link for that. */
async function startPasst(place: Place): Promise<ChildProcess[]> {
  const path = join(place.folder, "passt");
  const addresses = ["-a", "10.0.2.15", "-n", "24", "-g", "10.0.2.2", "-m", "1500"];
  const passt = startIn(place.world, ["passt", "-f", "-q", "-s", path, "--runas", "0:0", "-4", ...addresses]);
  await until("passt", () => existsSync(path));
  return [passt, startIn(place.world, [...own(place, join(place.folder, "sw")), "--link", `stream://${path}`])];
}

const ownSubjects: readonly GatewaySubject[] = [
  {
    name: "slirpvde, ours",
    lacks: () => [],
    start: at(own, (socket) => [...LOOM, "slirp", "-q", "-s", socket]),
  },
  {
    name: "vde_switch --slirp, ours",
    lacks: () => [],
    start: async (place) => [startIn(place.world, [...own(place, join(place.folder, "sw")), "--slirp"])],
  },
];

/** Ours are first; the first of the others is what they are held to. */
export const SUBJECTS: readonly GatewaySubject[] = [
  ...ownSubjects,
  {
    name: "slirpvde, VDE's, on our switch",
    lacks: () => missing("slirpvde"),
    start: at(own, vdeSlirp),
  },
  {
    name: "slirpvde, VDE's, on VDE's switch",
    lacks: () => missing("slirpvde", "vde_switch"),
    start: at(debian, vdeSlirp),
  },
  {
    name: "vde_plug slirp://, VDE's, on our switch",
    lacks: () => missing("vde_plug"),
    start: at(own, (socket) => ["vde_plug", "slirp://", socket]),
  },
  {
    name: "slirp4netns, a tap of its own",
    lacks: () => missing("slirp4netns"),
    start: async ({ world, guest, tap }) => [
      startIn(world, ["slirp4netns", "--netns-type=path", `/run/netns/${guest}`, tap]),
    ],
  },
  { name: "passt, on our switch", lacks: () => missing("passt"), start: startPasst },
];
