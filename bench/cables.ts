// How fast a cable between two sites is: one TCP connection between two taps, a switch of ours at each, and in between
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
const SITES = ["a", "b"].map((name, i) => ({
  space: `loom-cable-${process.pid}-${name}`,
  device: `lc${process.pid}${name}`,
  outer: `10.213.80.${i + 1}`,
  inner: `10.213.81.${i + 1}`,
  dir: join(folder, name),
}));
const [near, far] = SITES as [(typeof SITES)[0], (typeof SITES)[0]];
type Site = typeof near;

/** Starts a program in a site; it is killed when this one ends. */
const start = ({ space }: Site, words: readonly string[]) => startIn(space, words);

async function layOut(): Promise<void> {
  for (const { space } of SITES) addSpace(space);
  ip("link", "add", near.device, "netns", near.space, "type", "veth", "peer", "name", far.device, "netns", far.space);
  for (const { space, device, outer } of SITES) {
    ip("-n", space, "addr", "add", `${outer}/24`, "dev", device);
    ip("-n", space, "link", "set", device, "up");
  }
  for (const site of SITES) {
    start(site, [...loom, "switch", "--sock", site.dir, "--tap", "tap0", "--nostdin"]);
    await until("a switch", () => existsSync(join(site.dir, "ctl")));
    ip("-n", site.space, "addr", "add", `${site.inner}/24`, "dev", "tap0");
    ip("-n", site.space, "link", "set", "tap0", "up");
  }
}

/** What joins the two switches. */
interface Cable {
  readonly name: string;
  readonly lacks: () => string | undefined;
  /** Starts what it consists of. */
  readonly run: () => ChildProcess[];
}

const missing = (...programs: string[]) => programs.find((program) => hostProgram(program) === undefined);

const secret = join(folder, "secret");
/** Debian's client runs scp even where it encrypts nothing; here both ends are on one machine. */
const scp = join(folder, "bin");

const CABLES: readonly Cable[] = [
  {
    name: "vde_cryptcab, ours",
    lacks: () => undefined,
    run: () => [
      start(near, [...loom, "crypt", "-s", near.dir, "-P", secret]),
      start(far, [...loom, "crypt", "-s", far.dir, "-P", secret, "-c", near.outer]),
    ],
  },
  {
    name: "vde_cryptcab -x, VDE's, nothing encrypted",
    lacks: () => missing("vde_cryptcab"),
    run: () => [
      start(near, ["vde_cryptcab", "-s", near.dir, "-x"]),
      start(far, [
        "env",
        `PATH=${scp}:${process.env["PATH"]}`,
        "sh",
        "-c",
        `sleep 1; exec vde_cryptcab -s ${far.dir} -x -c ${near.outer}`,
      ]),
    ],
  },
  {
    name: "dpipe vde_plug = ssh vde_plug, VDE's",
    lacks: () => missing("dpipe", "vde_plug", "ssh", "sshd", "ssh-keygen"),
    run: () => {
      const options = `-p ${PORT} -i ${folder}/user -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR`;
      const remote = `ssh -F none ${options} root@${near.outer} vde_plug ${near.dir}`;
      return [
        start(near, ["/usr/sbin/sshd", "-D", "-f", join(folder, "sshd_config")]),
        start(far, ["sh", "-c", `sleep 1; exec dpipe vde_plug ${far.dir} = ${remote}`]),
      ];
    },
  },
  {
    name: "dpipe vde_plug = socat OPENSSL, VDE's",
    lacks: () => missing("dpipe", "vde_plug", "socat", "openssl"),
    run: () => {
      const keys = `cert=${folder}/tls.pem,key=${folder}/tls.key,verify=0`;
      return [
        start(near, ["dpipe", "vde_plug", near.dir, "=", "socat", "-", `OPENSSL-LISTEN:${PORT},reuseaddr,${keys}`]),
        start(far, [
          "sh",
          "-c",
          `sleep 1; exec dpipe vde_plug ${far.dir} = socat - OPENSSL:${near.outer}:${PORT},verify=0`,
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

async function measure(cable: Cable, seconds: number): Promise<Sample> {
  const children = cable.run();
  try {
    await until(`a ping through ${cable.name}`, () => succeedsIn(far.space, "ping", "-c", "1", "-W", "1", near.inner));
    const sink = start(near, ["iperf3", "-s", "-1", "-B", near.inner]);
    await until("iperf3", () => succeedsIn(near.space, "sh", "-c", "ss -ltn | grep -q :5201"));
    await sleep(1_000); // paths and caches settle
    const before = cpuOf(children);
    const { end } = JSON.parse(runIn(far.space, ["iperf3", "-c", near.inner, "-J", "-t", String(seconds)]));
    const cpu = cpuOf(children) - before;
    sink.kill();
    const { bytes, bits_per_second } = end.sum_received;
    return { mbits: bits_per_second / 1e6, cpu: (cpu * 1e6) / (bytes / SEGMENT) };
  } finally {
    for (const child of children) child.kill("SIGTERM");
    await sleep(500);
  }
}

async function main(rounds: number, seconds: number): Promise<void> {
  atExit(sweepKeys());
  prepare();
  await layOut();
  const present = CABLES.filter(({ name, lacks }) => {
    const why = lacks();
    if (why !== undefined) console.log(`${name}: left out: ${why} is not installed`);
    return why === undefined;
  });
  const samples = new Map<Cable, Sample[]>(present.map((cable) => [cable, []]));
  for (let round = 0; round < rounds; round++)
    for (const cable of present) samples.get(cable)!.push(await measure(cable, seconds));
  const [ours] = samples.values();
  const own = median(ours!.map(({ mbits }) => mbits))!;
  console.log("| cable | Mbit/s | cpu of both ends, µs/frame | ours, times |\n| --- | ---: | ---: | ---: |");
  for (const [{ name }, taken] of samples) {
    const mbits = median(taken.map((sample) => sample.mbits))!;
    const cpu = median(taken.map((sample) => sample.cpu))!;
    console.log(`| ${name} | ${mbits.toFixed(0)} | ${cpu.toFixed(1)} | ${(own / mbits).toFixed(2)} |`);
  }
}

await main(Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 3));
process.exit();
