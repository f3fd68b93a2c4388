// How fast a cable between two sites is: one TCP connection between two taps, a switch at each, ours or VDE's, and in between
// either our vde_cryptcab, or VDE's with nothing encrypted, or vde_plug over ssh, or over TLS. In turns, round after round.
//
//    node dist/bench/cables.js [ROUNDS [SECONDS]]

import { type ChildProcess, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { atExit } from "./cleanup.js";
import { familyTime } from "./processor.js";
import { median } from "./results.js";
import { addSpace, ip, runIn, startIn, succeedsIn, until } from "./space.js";
import { hostProgram, temporaryFolder } from "./subjects.js";

/** What a frame of a connection carries. */
const SEGMENT = 1_448;
const PORT = "7667";

const folder = temporaryFolder();
const loom = [process.execPath, fileURLToPath(new URL("../../bin/loom.js", import.meta.url))];
/** Both sites have a switch of either kind, with a tap of its own and a network of its own. */
type Kind = keyof typeof COMMANDS;
const COMMANDS = { ours: [...loom, "switch"], theirs: ["vde_switch"] };
const KINDS: readonly Kind[] = hostProgram("vde_switch") === undefined ? ["ours"] : ["ours", "theirs"];
/** A network between the near switch of ours and one that is a cable's own. */
const LINKED = { near: "10.213.83.1", far: "10.213.83.2" };

const SITES = ["a", "b"].map((name, i) => ({
  space: `loom-cable-${process.pid}-${name}`,
  device: `lc${process.pid}${name}`,
  outer: `10.213.80.${i + 1}`,
  inner: { ours: `10.213.81.${i + 1}`, theirs: `10.213.82.${i + 1}` },
  dir: { ours: join(folder, name), theirs: join(folder, `${name}-theirs`) },
}));
const [near, far] = SITES as [(typeof SITES)[0], (typeof SITES)[0]];
type Site = typeof near;

/** Starts a program in a site; it is killed when this one ends. */
const start = ({ space }: Site, words: readonly string[]) => startIn(space, words);

async function layOut(): Promise<void> {
  for (const { space } of SITES) addSpace(space);
  ip("link", "add", near.device, "netns", near.space, "type", "veth", "peer", "name", far.device, "netns", far.space);
  for (const site of SITES) {
    ip("-n", site.space, "addr", "add", `${site.outer}/24`, "dev", site.device);
    ip("-n", site.space, "link", "set", site.device, "up");
    for (const kind of KINDS) await startSwitch(site, kind);
  }
  ip("-n", near.space, "addr", "add", `${LINKED.near}/24`, "dev", "tap-ours");
}

async function startSwitch(site: Site, kind: Kind): Promise<void> {
  const tap = `tap-${kind}`;
  start(site, [...COMMANDS[kind], "--sock", site.dir[kind], "--tap", tap]);
  await until("a switch", () => existsSync(join(site.dir[kind], "ctl")));
  ip("-n", site.space, "addr", "add", `${site.inner[kind]}/24`, "dev", tap);
  ip("-n", site.space, "link", "set", tap, "up");
}

/** What joins two switches. */
interface Cable {
  readonly name: string;
  readonly lacks: () => string | undefined;
  /** Starts what it consists of, between switches of a kind. */
  readonly run: (kind: Kind) => ChildProcess[];
  /** Where the other end of the connection is, if the cable brings a switch of its own. */
  readonly inner?: string;
}

const missing = (...programs: string[]) => programs.find((program) => hostProgram(program) === undefined);

const secret = join(folder, "secret");
/** Debian's client runs scp even where it encrypts nothing; here both ends are on one machine. */
const scp = join(folder, "bin");

const CABLES: readonly Cable[] = [
  {
    name: "vde_cryptcab, ours",
    lacks: () => undefined,
    run: (kind) => [
      start(near, [...loom, "crypt", "-s", near.dir[kind], "-P", secret]),
      start(far, [...loom, "crypt", "-s", far.dir[kind], "-P", secret, "-c", near.outer]),
    ],
  },
  {
    name: "vde_cryptcab, ours, its client in the switch",
    lacks: () => undefined,
    inner: LINKED.near,
    run: (kind) => {
      const up = `ip addr add ${LINKED.far}/24 dev tap-linked && ip link set tap-linked up`;
      const link = `crypt://${near.outer}[preshared='${secret}']`;
      const command = [...loom, "switch", "--sock", join(folder, "linked"), "--tap", "tap-linked", "--link", link];
      return [
        start(near, [...loom, "crypt", "-s", near.dir[kind], "-P", secret]),
        start(far, ["sh", "-c", `(until ${up}; do sleep 0.2; done) & exec "$@" --nostdin`, "sh", ...command]),
      ];
    },
  },
  {
    name: "vde_cryptcab -x, VDE's, nothing encrypted",
    lacks: () => missing("vde_cryptcab"),
    run: (kind) => [
      start(near, ["vde_cryptcab", "-s", near.dir[kind], "-x"]),
      start(far, [
        "env",
        `PATH=${scp}:${process.env["PATH"]}`,
        "sh",
        "-c",
        `sleep 1; exec vde_cryptcab -s ${far.dir[kind]} -x -c ${near.outer}`,
      ]),
    ],
  },
  {
    name: "dpipe vde_plug = ssh vde_plug, VDE's",
    lacks: () => missing("dpipe", "vde_plug", "ssh", "sshd", "ssh-keygen"),
    run: (kind) => {
      const options = `-p ${PORT} -i ${folder}/user -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR`;
      const remote = `ssh -F none ${options} root@${near.outer} vde_plug ${near.dir[kind]}`;
      return [
        start(near, ["/usr/sbin/sshd", "-D", "-f", join(folder, "sshd_config")]),
        start(far, ["sh", "-c", `sleep 1; exec dpipe vde_plug ${far.dir[kind]} = ${remote}`]),
      ];
    },
  },
  {
    name: "dpipe vde_plug = socat OPENSSL, VDE's",
    lacks: () => missing("dpipe", "vde_plug", "socat", "openssl"),
    run: (kind) => {
      const keys = `cert=${folder}/tls.pem,key=${folder}/tls.key,verify=0`;
      return [
        start(near, [
          "dpipe",
          "vde_plug",
          near.dir[kind],
          "=",
          "socat",
          "-",
          `OPENSSL-LISTEN:${PORT},reuseaddr,${keys}`,
        ]),
        start(far, [
          "sh",
          "-c",
          `sleep 1; exec dpipe vde_plug ${far.dir[kind]} = socat - OPENSSL:${near.outer}:${PORT},verify=0`,
        ]),
      ];
    },
  },
];

function prepare(): void {
  writeFileSync(secret, randomBytes(32), { mode: 0o600 });
  mkdirSync(scp);
  const copy = `#!/bin/sh\ncp "$1" "$(echo "$2" | cut -d : -f 2)"\n`;
  writeFileSync(join(scp, "scp"), copy, { mode: 0o755 });
  for (const name of ["host", "user"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
  writeFileSync(join(folder, "keys"), readFileSync(join(folder, "user.pub")), { mode: 0o600 });
  mkdirSync("/run/sshd", { recursive: true });
  const lines = [`Port ${PORT}`, `HostKey ${folder}/host`, "PidFile none", "StrictModes no", "UsePAM no"];
  writeFileSync(join(folder, "sshd_config"), [...lines, `AuthorizedKeysFile ${folder}/keys`, ""].join("\n"));
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  const files = ["-keyout", `${folder}/tls.key`, "-out", `${folder}/tls.pem`, "-subj", "/CN=bench"];
  execFileSync("openssl", [...request, ...files], { stdio: "ignore" });
}

const oldKeys = () => readdirSync("/tmp").filter((name) => /^\.?vde_\w{6}\.key$/.test(name));

/** VDE's own leaves its keys behind, at both ends. */
function sweepKeys(): () => void {
  const before = new Set(oldKeys());
  return () => {
    for (const name of oldKeys()) if (!before.has(name)) rmSync(`/tmp/${name}`, { force: true });
  };
}

/** Processor time of processes and all their descendants, in seconds. */
const cpuOf = (children: readonly ChildProcess[]) => children.reduce((sum, { pid }) => sum + familyTime(pid!), 0);

interface Sample {
  readonly mbits: number;
  readonly cpu: number;
}

/** A cable between switches of a kind. */
interface Subject {
  readonly cable: Cable;
  readonly kind: Kind;
  readonly samples: Sample[];
}

async function measure({ cable, kind }: Subject, seconds: number): Promise<Sample> {
  const inner = cable.inner ?? near.inner[kind];
  const children = cable.run(kind);
  try {
    await until(`a ping through ${cable.name}`, () => succeedsIn(far.space, "ping", "-c", "1", "-W", "1", inner));
    const sink = start(near, ["iperf3", "-s", "-1", "-B", inner]);
    await until("iperf3", () => succeedsIn(near.space, "sh", "-c", "ss -ltn | grep -q :5201"));
    await sleep(1_000); // paths and caches settle
    const before = cpuOf(children);
    const { end } = JSON.parse(runIn(far.space, ["iperf3", "-c", inner, "-J", "-t", String(seconds)]));
    const cpu = cpuOf(children) - before;
    sink.kill();
    const { bytes, bits_per_second } = end.sum_received;
    return { mbits: bits_per_second / 1e6, cpu: (cpu * 1e6) / (bytes / SEGMENT) };
  } finally {
    for (const child of children) child.kill("SIGTERM");
    await sleep(500);
  }
}

/** Each cable that is here, between the switches that are. */
function subjects(): readonly Subject[] {
  const present = CABLES.filter(({ name, lacks }) => {
    const why = lacks();
    if (why !== undefined) console.log(`${name}: left out: ${why} is not installed`);
    return why === undefined;
  });
  return present.flatMap((cable) => {
    const kinds: readonly Kind[] = cable.inner === undefined ? KINDS : ["ours"];
    return kinds.map((kind) => ({ cable, kind, samples: [] }));
  });
}

async function main(rounds: number, seconds: number): Promise<void> {
  atExit(sweepKeys());
  prepare();
  await layOut();
  const all = subjects();
  for (let round = 0; round < rounds; round++)
    for (const subject of all) subject.samples.push(await measure(subject, seconds));
  const figure = ({ samples }: Subject, of: keyof Sample) => median(samples.map((sample) => sample[of]))!;
  const own = figure(all[0]!, "mbits");
  console.log("| cable | switches | Mbit/s | cpu of both ends, µs/frame | ours between ours, times |");
  console.log("| --- | --- | ---: | ---: | ---: |");
  for (const each of all) {
    const mbits = figure(each, "mbits");
    const cells = [each.cable.name, each.kind, mbits.toFixed(0), figure(each, "cpu").toFixed(1)];
    console.log(`| ${cells.join(" | ")} | ${(own / mbits).toFixed(2)} |`);
  }
}

await main(Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 3));
process.exit();
