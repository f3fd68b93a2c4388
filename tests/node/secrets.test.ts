// Tokens and keys: by file and by environment, and in no text that others may read.

import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { signToken } from "../../host-node/servers/websocket/tokens.js";
import { inLab, type Lab } from "../interop/lab.js";
import { startSwitch } from "../interop/switch.js";
import { ours, startTool } from "../interop/tools.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { call } from "./ws.js";

const test = suite("secrets");
const withOpenssl = needs(test, { commands: ["openssl"] });

const TOKEN = "8Jq2vN0xTz1mLw5Rk3Ys7A";
const SECRET = "an-old-pond-a-frog-jumps-in-and-then";
/** A link that is there at once, with a token that nobody asks for. */
const LINK = `vlan://5{null://x?token=${TOKEN}}`;

const wordsOf = (pid: number | string) => readFileSync(`/proc/${pid}/cmdline`, "utf8");

function write(lab: Lab, name: string, text: string, mode = 0o600): string {
  writeFileSync(lab.path(name), text, { mode });
  chmodSync(lab.path(name), mode);
  return lab.path(name);
}

/** A switch that wants tokens, and its URL. */
async function guarded(lab: Lab, ...options: readonly string[]) {
  const tokens = write(lab, "tokens", `token ${TOKEN}\ntoken ${TOKEN}lab lab\nsecret ${SECRET}\n`);
  const own = ["--ws", "0", "--ws-room", "lab=7", "--ws-token-file", tokens, ...options];
  const { console, program, directory } = await startSwitch(lab, "far", { options: own });
  const [, url = ""] = /^url=(\S+)/m.exec(await console.command("ws/showinfo")) ?? [];
  return { console, program, url, directory };
}

test(
  "of a link are in no output of a switch: consoles, events, scripts, log",
  inLab(async (lab) => {
    const script = write(lab, "rc", `port/link ws://127.0.0.1:1/?token=${TOKEN}\nport/link 999 ${LINK}\n`);
    const bench = await startSwitch(lab, "sw", { options: ["--link", LINK, "--rcfile", script] });
    const { console, program, management } = bench;
    const listener = startTool(lab, "unixterm", management);
    listener.tell("debug/add port\n");
    await listener.says(/1000 Success/);
    const heard = [];
    for (const command of [
      "help",
      "showinfo",
      "port/print",
      "port/allprint",
      "port/stats",
      "port/showinfo",
      "vlan/print",
      "debug/list",
      "hash/print",
      `port/link ${LINK}`,
      `port/link ws://user:${TOKEN}@127.0.0.1:1/?%74oken=${TOKEN}`,
      `port/link ws://127.0.0.1/#?token=${TOKEN}`,
      `port/link 0x?token=${TOKEN}`,
      `load ${script}`,
      "port/epclose 1 1",
    ])
      heard.push(await console.command(command));
    await listener.says(/port\/descr .*token=\*\*\*/);
    const all = heard.join("\n") + listener.text();
    assert.match(all, /vlan:\/\/5\{null:\/\/x\?token=\*\*\*\}/);
    assert.match(all, /1111 Connection refused/);
    program.signal("SIGTERM");
    await program.exit();
    assert.match(program.complaints(), /rc:1: port\/link ws:\/\/127\.0\.0\.1:1\/\?token=\*\*\*/);
    assert.not.match(all + program.complaints() + program.text(), new RegExp(TOKEN));
  }),
);

test(
  "of a command line are overwritten where everybody could read them, and never with a daemon",
  inLab(async (lab) => {
    const { program } = await startSwitch(lab, "sw", { options: ["--link", LINK, "--fstp"] });
    assert.not.match(wordsOf(program.pid), new RegExp(TOKEN));
    assert.match(wordsOf(program.pid), /--link\0vlan:\/\/5\{null:\/\/x\?token=\*+[^\0]*\0--fstp\0$/);
    const pidfile = lab.path("pid");
    const daemon = startTool(lab, "vde_switch", "-d", "-s", lab.path("d"), "-p", pidfile, "--link", LINK);
    assert.is((await daemon.exit()).code, 0);
    const pid = Number(readFileSync(pidfile, "utf8"));
    lab.later(() => void process.kill(pid, "SIGTERM"));
    assert.match(wordsOf(pid), /null:\/\/x\?token=\*\*\*\}\0/);
  }),
);

for (const [tool, ...words] of [
  ["vde_plug", `ws://127.0.0.1:1/?token=${TOKEN}`],
  ["vde_plug", `nix://x?token=${TOKEN}`],
  ["vde_plug", `wss://me:${TOKEN}@127.0.0.1:1/`],
  ["vde_plug", `wss://${TOKEN}@127.0.0.1:1/`],
  ["vde_switch", "--sock", "LAB/sw", "--link", `ws://127.0.0.1:1/?token=${TOKEN}`],
  ["vde_switch", "--bogus", `ws://127.0.0.1:1/?token=${TOKEN}`],
  ["vde_switch", "-d", "--sock", "LAB/sw", "--link", `ws://127.0.0.1:1/?token=${TOKEN}`],
  ["wirefilter", "-v", `ws://127.0.0.1/?token=${TOKEN}:null`],
  ["vde_plug2tap", "-s", `ws://127.0.0.1:1/?token=${TOKEN}`, "a b"],
] as const)
  test(
    `of a URL are not in what ${tool} ${words.at(-1)} is refused with`,
    inLab(async (lab) => {
      const program = startTool(lab, tool, ...words.map((word) => word.replace("LAB", lab.folder)));
      assert.is.not((await program.exit()).code, 0);
      assert.not.match(program.complaints() + program.text(), new RegExp(TOKEN));
    }),
  );

test(
  "come from a file or from the environment into ws://",
  inLab(async (lab) => {
    const { url, console } = await guarded(lab);
    const file = write(lab, "token", `${TOKEN}\n`);
    const tool = ours(lab, "vde_plug");
    startTool(lab, "vde_plug", `${url}room/lab?token-file=${file}`, "null://");
    lab.start("env", `LAB_TOKEN=${TOKEN}`, tool, `${url}?token-env=LAB_TOKEN`, "null://");
    await until("both are in", async () => (await console.command("ws/print")).match(/^Port/gm)?.length === 2);
    for (const [query, why] of [
      ["token-env=NO_SUCH", /there is no token in the environment's NO_SUCH/],
      ["token-file=/nowhere", /No such file or directory.*\/nowhere|\/nowhere/],
      [`token-file=${file}&token=x`, /one of token=, token-file= and token-env= is wanted/],
    ] as const) {
      const refused = startTool(lab, "vde_plug", `${url}?${query}`, "null://");
      assert.is((await refused.exit()).code, 1);
      assert.match(refused.complaints(), why);
    }
  }),
);

test(
  "are refused where others may read their file, whichever it is",
  inLab(async (lab) => {
    for (const mode of [0o644, 0o640, 0o604, 0o620]) {
      const file = write(lab, `open${mode}`, `token ${TOKEN}\n`, mode);
      const cert = write(lab, "cert", "no certificate");
      for (const [tool, ...words] of [
        ["vde_switch", "--sock", lab.path("sw"), "--ws", "0", "--ws-token-file", file],
        ["vde_switch", "--sock", lab.path("sw"), "--ws", "0", "--ws-tls-cert", cert, "--ws-tls-key", file],
        ["vde_switch", "--sock", lab.path("sw"), "--slirp", "--api", "0", "--api-token-file", file],
        ["vde_plug", `ws://127.0.0.1:1/?token-file=${file}`],
        ["vde_plug", `crypt://127.0.0.1:1[preshared='${file}']`],
      ] as const) {
        const program = startTool(lab, tool, ...words);
        assert.is.not((await program.exit()).code, 0);
        assert.match(program.complaints(), /can be read or written by others: chmod 600/, `${words}`);
      }
    }
  }),
);

test(
  "are asked for before it is said which rooms there are",
  inLab(async (lab) => {
    const { url } = await guarded(lab);
    const answer = (path: string) => call(lab, `${url}${path}`).then(String, (error: Error) => error.message);
    for (const token of ["", `?token=${TOKEN}nix`, `?token=${TOKEN}lab`]) {
      const [real, none] = [await answer(`room/lab2${token}`), await answer(`room/nope${token}`)];
      assert.is(real, none);
      assert.match(none, /^401/);
    }
    assert.match(await answer("room/lab"), /^401 a token is wanted/);
    assert.match(await answer("room/nope"), /^401 a token is wanted/);
    assert.match(await answer(`room/nope?token=${TOKEN}`), /^404 there is no room nope/);
  }),
);

test(
  "that have a time end a cable with a word and 1",
  inLab(async (lab) => {
    const { url } = await guarded(lab);
    const token = signToken(SECRET, "lab", Math.floor(Date.now() / 1000) + 8); // it is in by then, on a busy machine too
    const file = write(lab, "token", token);
    const program = startTool(lab, "vde_plug", `${url}room/lab?token-file=${file}`, "null://");
    assert.is((await program.exit()).code, 1);
    assert.match(program.complaints(), /the token's time is over/);
  }),
);

/** A certificate for 127.0.0.1 that signs itself, good between two times. */
function certificate(lab: Lab, from: string, to: string) {
  const [key, cert, config] = [lab.path("key.pem"), lab.path("cert.pem"), lab.path("ca.conf")];
  writeFileSync(lab.path("index"), "");
  writeFileSync(lab.path("serial"), "01\n");
  const settings = {
    database: lab.path("index"),
    new_certs_dir: lab.folder,
    serial: lab.path("serial"),
    default_md: "sha256",
    policy: "any",
    x509_extensions: "names",
  };
  const lines = Object.entries(settings).map((pair) => pair.join("="));
  const sections = ["[any]", "commonName=supplied", "[names]", "subjectAltName=IP:127.0.0.1"];
  writeFileSync(config, ["[ca]", "default_ca=own", "[own]", ...lines, ...sections, ""].join("\n"));
  const openssl = (words: string) => {
    const { status, stderr } = spawnSync("openssl", words.split(" "), { encoding: "utf8" });
    assert.is(status, 0, stderr);
  };
  const curve = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1";
  openssl(`req -new ${curve} -nodes -subj /CN=lab -keyout ${key} -out ${lab.path("csr")}`);
  const times = `-startdate ${from} -enddate ${to}`;
  openssl(`ca -batch -config ${config} -selfsign -keyfile ${key} -in ${lab.path("csr")} ${times} -notext -out ${cert}`);
  chmodSync(key, 0o600);
  return { cert, key };
}

const REFUSED = /^vde_plug: vde_open wss:\S+: Protocol error: the server's certificate is not good: /;

for (const [what, from, to, warning, refusal] of [
  ["expired", "20200101000000Z", "20200201000000Z", /the certificate expired on Feb/, /expired\n$/],
  ["is not valid yet", "20900101000000Z", "20910101000000Z", /not valid before Jan/, /not yet valid\n$/],
  ["signs itself", "20200101000000Z", "20910101000000Z", /^$/, /: NODE_EXTRA_CA_CERTS=FILE names/],
] as const)
  withOpenssl(
    `of a server whose certificate ${what}: the operator and the client are told that`,
    inLab(async (lab) => {
      const { cert, key } = certificate(lab, from, to);
      const { url, program } = await guarded(lab, "--ws-tls-cert", cert, "--ws-tls-key", key);
      assert.match(program.complaints(), warning);
      const stranger = startTool(lab, "vde_plug", `${url}?token-file=${write(lab, "token", TOKEN)}`, "null://");
      assert.is((await stranger.exit()).code, 1);
      assert.match(stranger.complaints(), REFUSED);
      assert.match(stranger.complaints(), refusal);
    }),
  );

test.run();
