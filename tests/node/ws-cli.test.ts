// vde_switch --ws as people start it: its options, its console, its certificate, and trunks between such switches.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { framed, frame as letter } from "../interop/frames.js";
import { inLab, type Lab } from "../interop/lab.js";
import { plugInto } from "../interop/plug.js";
import { startSwitch } from "../interop/switch.js";
import { ours, startTool } from "../interop/tools.js";
import { until } from "../interop/wait.js";
import { needs } from "../skip.js";
import { call, serve } from "./ws.js";

const test = suite("vde_switch --ws");
const withOpenssl = needs(test, { commands: ["openssl"] });

interface Started {
  readonly url: string;
  readonly directory: string;
  readonly ask: (command: string) => Promise<readonly string[]>;
}

async function start(lab: Lab, name: string, ...options: readonly string[]): Promise<Started> {
  const { console, directory } = await startSwitch(lab, name, { options: ["--ws", "0", ...options] });
  const ask = async (command: string) => (await console.command(command)).split(/\r?\n/).slice(1, -3);
  const url = (await ask("ws/showinfo")).find((line) => line.startsWith("url="))!.slice(4);
  return { url, directory, ask };
}

test(
  "shows who is there at the console, and shows them out",
  inLab(async (lab) => {
    const { url, ask } = await start(lab, "sw", "--ws-room", "lab=7,all=trunk", "--ws-rooms", "100-199");
    const [one, two] = [await call(lab, `${url}room/lab`), await call(lab, `${url}room/lab`)];
    await call(lab, `${url}room/all`, { protocols: ["etherloom.1"] });
    one.say("a > *");
    await two.hears("a > *");
    assert.equal(await ask("ws/rooms"), ["Room lab VLAN 0007 2 clients", "Room all every VLAN 1 clients"]);
    const shown = (await ask("ws/print 1")).join("\n");
    assert.match(
      shown,
      /^Port 0001 ws 127\.0\.0\.1:\d+ room lab protocol raw\n {2}IN: {2}frames 1 octets 60 refused rate 0 macs 0 size 0 unfit 0\n {2}OUT: frames 0 lost 0 waiting 0 octets$/,
    );
    assert.ok(
      (await ask("port/print 1")).some((line) => /module websocket +: ws 127\.0\.0\.1:\d+ room lab/.test(line)),
    );
    await ask("ws/close 1");
    assert.equal(await one.ends(), { code: 1008, reason: "a manager closed it" });
  }),
);

test(
  "takes frames from a file, and a plug that has nothing to read ends in order",
  inLab(async (lab) => {
    const { url, directory } = await start(lab, "sw");
    const other = await plugInto(lab, directory);
    const octets = framed(letter("a > * hello"));
    writeFileSync(`${directory}.frames`, octets);
    for (const file of [`${directory}.frames`, "/dev/null"]) {
      const stdin = openSync(file, "r");
      const { status, stderr } = spawnSync(ours(lab, "vde_plug"), [url], {
        stdio: [stdin, "ignore", "pipe"],
        encoding: "utf8",
      });
      closeSync(stdin);
      assert.equal([status, stderr], [0, ""], file);
    }
    await other.hears("a > * hello");
  }),
);

test(
  "is a link of every tool: a plug of VDE's on one side, ws:// on the other",
  inLab(async (lab) => {
    const { url, directory } = await start(lab, "sw");
    const near = await startSwitch(lab, "near");
    const plug = await plugInto(lab, near.directory);
    const other = await plugInto(lab, directory);
    const cable = startTool(lab, "vde_plug", url, near.directory);
    await until("the cable carries frames", () => {
      plug.send(letter("a > * hello"));
      return other.all().includes("a > * hello");
    });
    other.send(letter("b > a back"));
    await plug.hears("b > a back");
    cable.signal("SIGTERM");
    assert.equal(await cable.exit(), { code: 0, signal: null });
  }),
);

test(
  "breaks a loop of two trunks by WebSocket, and comes back when one of the switches does",
  inLab(async (lab) => {
    const { url, directory, ask } = await start(lab, "sw", "--fstp");
    const options = ["--fstp", "--link", url, "--link", url];
    const far = await startSwitch(lab, "far", { options });
    const [here, there] = [await plugInto(lab, directory), await plugInto(lab, far.directory)];
    await until("one of the trunks is closed, by whichever is not the root", async () => {
      const ports = [...(await ask("fstp/print 0")), ...(await far.console.command("fstp/print 0")).split("\n")];
      return ["Root", "Alternate"].every((role) => ports.some((line) => line.endsWith(`role=${role}`)));
    });
    await until("frames pass", () => {
      here.send(letter("a > * hello"));
      return there.all().includes("a > * hello");
    });
    here.send(letter("a > * once"));
    await there.hears("a > * once");
    await new Promise((resolve) => setTimeout(resolve, 500)); // long enough for a copy that goes round
    assert.is(there.all().filter((text) => text === "a > * once").length, 1);
  }),
);

/** A certificate for 127.0.0.1 that signs itself. */
function certificate(lab: Lab): { cert: string; key: string } {
  const [cert, key] = [lab.path("cert.pem"), lab.path("key.pem")];
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=lab -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`;
  const { status, stderr } = spawnSync("openssl", words.split(" "), { encoding: "utf8" });
  assert.is(status, 0, stderr);
  return { cert, key };
}

withOpenssl(
  "waits for few who do not even begin with TLS, and is open to others meanwhile",
  inLab(async (lab) => {
    const { cert, key } = certificate(lab);
    const tls = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
    const { sw, at } = await serve(lab, { tls, clients: 20, deadlineMs: 600_000 });
    let closed = 0;
    for (let i = 0; i < 600; i++) {
      const socket = connect(Number(new URL(at()).port), "127.0.0.1");
      lab.later(() => void socket.destroy());
      socket.on("error", () => {}); // it may be cut off at any time
      socket.on("close", () => closed++);
      await once(socket, "connect");
    }
    await until("more than 64 of one address do not wait", () => closed === 536);
    await call(lab, at(), { ca: tls.cert });
    await sw.close();
    await until("a server that ends waits for none", () => closed === 600);
  }),
);

withOpenssl(
  "serves wss:// with a certificate, and tokens that a shell signed",
  inLab(async (lab) => {
    const { cert, key } = certificate(lab);
    const secret = "an-old-pond-a-frog-jumps-in-and-then";
    writeFileSync(lab.path("tokens"), `secret ${secret}\n`, { mode: 0o600 });
    const options = [
      "--ws-tls-cert",
      cert,
      "--ws-tls-key",
      key,
      "--ws-room",
      "lab=7",
      "--ws-token-file",
      lab.path("tokens"),
    ];
    const { url } = await start(lab, "sw", ...options);
    assert.match(url, /^wss:/);
    const script = `t=$(($(date +%s) + 3600)); echo "$t.$(printf 'lab.%s' $t | openssl dgst -sha256 -hmac "${secret}" -binary | basenc --base64url | tr -d =)"`;
    const token = spawnSync("sh", ["-c", script], { encoding: "utf8" }).stdout.trim();
    const [one, two] = await Promise.all(
      [1, 2].map(() => call(lab, `${url}room/lab?token=${token}`, { ca: readFileSync(cert) })),
    );
    one!.say("a > *");
    await two!.hears("a > *");
    await call(lab, `${url}room/lab?token=${token}`).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /self-signed|self signed/),
    );
  }),
);

for (const [options, pattern] of [
  [["--ws", "99999"], /--ws 99999: where to listen is a port/],
  [["--ws", "host"], /where to listen is a port/],
  [["--ws-rate", "5"], /--ws-rate: --ws PORT is wanted with it/],
  [["--ws", "0", "--ws-tls-key", "k"], /--ws-tls-key: --ws-tls-cert is wanted with it/],
  [["--ws", "0", "--ws-room", "a/b=7"], /a room is NAME=VLAN/],
  [["--ws", "0", "--ws-rooms", "9-3"], /VLANs for rooms are FIRST-LAST/],
  [["--ws", "0", "--ws-origin", "lab"], /an origin is as https/],
  [["--ws", "0", "--ws-token-file", "/nowhere"], /--ws-token-file: \/nowhere: no such file/],
  [["--ws", "0", "--ws-token-file", "/dev/null"], /there is no token in it/],
  [["--ws", "0", "--ws-tls-key", "/dev/null", "--ws-tls-cert", "/dev/null"], /certificate and key/],
  [["--ws", "192.0.2.1:80", "--ws-token-file", "/dev/null"], /there is no token/],
] as const)
  test(
    `says what is wrong with ${options.join(" ")}`,
    inLab(async (lab) => {
      const program = startTool(lab, "vde_switch", "--sock", lab.path("sw"), ...options);
      assert.not.equal((await program.exit()).code, 0);
      assert.match(program.complaints(), pattern);
    }),
  );

test(
  "says where it cannot listen, and who may come in where all may",
  inLab(async (lab) => {
    const { url } = await start(lab, "sw");
    const { port } = new URL(url);
    const late = startTool(lab, "vde_switch", "--sock", lab.path("late"), "--ws", `0.0.0.0:${port}`);
    assert.not.equal((await late.exit()).code, 0);
    assert.match(late.complaints(), /whoever reaches it may come in; --ws-token-file keeps strangers out/);
    assert.match(late.complaints(), new RegExp(`${port}.*in use|in use.*${port}`));
  }),
);

test.run();
