// Two sites: a switch in each of two network namespaces, a real OpenSSH server, and a cable that gets its keys by it. TCP
// through it, a server that is killed, and a client that moves.

import { appendFileSync, mkdirSync, readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { needs } from "../skip.js";
import { inLab, type Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import type { Program } from "./program.js";
import { type Ssh, sshServer } from "./ssh.js";
import { real, startSwitch, underTest } from "./switch.js";
import { ours } from "./tools.js";
import { startIn } from "./traffic.js";
import { until } from "./wait.js";

const test = suite("a cable between two sites");
const withSites = needs(test, {
  commands: ["ip", "ping", "iperf3", "ssh", "ssh-keygen"],
  files: ["/usr/sbin/sshd"],
  namespaces: true,
});

const withRealSwitch = needs(test, {
  commands: ["ip", "ping", "iperf3", "ssh", "ssh-keygen", "vde_switch"],
  files: ["/usr/sbin/sshd"],
  namespaces: true,
});

const SERVER = "10.7.0.1";
const CLIENT = "10.7.0.2";
const ELSEWHERE = "10.7.0.3";
/** Of the server, in ssh's configuration alone. */
const NICKNAME = "the-near-site";

interface Sites {
  readonly near: Namespace;
  readonly far: Namespace;
  readonly ssh: Ssh;
  readonly serve: () => Promise<Program>;
}

/** A switch with a tap in each namespace, and an ssh server in the near one. */
async function sites(lab: Lab, farCommand = underTest): Promise<Sites> {
  const [near, far] = [await makeNamespace(lab), await makeNamespace(lab)];
  await startIn(
    lab,
    near,
    "ip",
    "link",
    "add",
    "eth0",
    "type",
    "veth",
    "peer",
    "name",
    "eth0",
    "netns",
    far.name,
  ).exit();
  await near.configure("eth0", `${SERVER}/24`);
  await far.configure("eth0", `${CLIENT}/24`);
  for (const [name, space, address, command] of [
    ["near", near, "10.8.0.1/24", underTest],
    ["far", far, "10.8.0.2/24", farCommand],
  ] as const) {
    await startSwitch(lab, name, { command: [...space.inside, ...command], options: ["--tap", "tap0"] });
    await space.configure("tap0", address);
  }
  const home = `HOME=${lab.path("home")}`;
  mkdirSync(lab.path("home"));
  const ssh = await sshServer(lab, { tools: ["loom"], host: SERVER, inside: near.inside, environment: [home] });
  appendFileSync(ssh.config, `Host ${NICKNAME}\n  HostName ${SERVER}\n`);
  const serve = async () => {
    const server = startIn(lab, near, "env", home, ours(lab, "vde_cryptcab"), "-s", lab.path("near"), "-v");
    await until(
      "the server serves",
      () => readdirSync(lab.path("home"), { recursive: true }).length > 2 || server.orDies(),
    );
    return server;
  };
  return { near, far, ssh, serve };
}

function dial(lab: Lab, { far, ssh }: Sites): Program {
  const user = ssh.target.slice(0, ssh.target.indexOf("@"));
  const command = [ours(lab, "vde_cryptcab"), "-s", lab.path("far"), "-c", `${user}@${NICKNAME}`, "-v"];
  return startIn(lab, far, "env", `SCP_EXTRA_OPTIONS=-F${ssh.config}`, ...command);
}

/** Waits until machines behind the two switches hear each other. */
function reaches(lab: Lab, { far }: Sites, ...options: readonly string[]): Promise<boolean> {
  const ping = () => startIn(lab, far, "ping", "-c", "1", "-W", "1", ...options, "10.8.0.1").exit();
  return until("a ping through the cable", async () => (await ping()).code === 0);
}

withSites(
  "keys by ssh, TCP and frames larger than the path through the cable, and nothing left in /tmp or in the server's folder",
  inLab(async (lab) => {
    const before = readdirSync("/tmp").filter((name) => /vde_|cryptcab/.test(name));
    const all = await sites(lab);
    const server = await all.serve();
    const client = dial(lab, all);
    await reaches(lab, all);
    await reaches(lab, all, "-s", "4000");
    const sink = startIn(lab, all.near, "iperf3", "-s", "-1", "-B", "10.8.0.1", "--forceflush");
    await sink.says(/Server listening/);
    const flow = startIn(lab, all.far, "iperf3", "-c", "10.8.0.1", "-t", "1");
    assert.is((await flow.exit()).code, 0);
    assert.match(flow.text(), /MBytes.*receiver/);
    assert.match(server.complaints(), new RegExp(`${CLIENT.replaceAll(".", "\\.")}:\\d+: a client came`));
    await client.stop();
    await until("the server hears that the client goes", () => /a client went: it went/.test(server.complaints()));
    assert.equal(
      readdirSync("/tmp").filter((name) => /vde_|cryptcab/.test(name)),
      before,
    );
    await server.stop();
    assert.equal(readdirSync(lab.path("home/.vde2/crypt")), []);
  }),
);

withRealSwitch(
  "TCP both ways between a switch of ours and VDE's, which knows nothing of frames that leave work to be done",
  inLab(async (lab) => {
    const all = await sites(lab, real);
    await all.serve();
    dial(lab, all);
    await reaches(lab, all);
    for (const direction of [[], ["-R"]]) {
      const sink = startIn(lab, all.near, "iperf3", "-s", "-1", "-B", "10.8.0.1", "--forceflush");
      await sink.says(/Server listening/);
      const flow = startIn(lab, all.far, "iperf3", "-c", "10.8.0.1", "-t", "1", ...direction);
      assert.is((await flow.exit()).code, 0);
      assert.match(flow.text(), /MBytes.*receiver/);
      await sink.exit();
    }
  }),
);

withSites(
  "a server that was killed and started anew has other keys; the client gets them by ssh, and goes on",
  inLab(async (lab) => {
    const all = await sites(lab);
    const first = await all.serve();
    const client = dial(lab, all);
    await reaches(lab, all);
    first.signal("SIGKILL");
    await first.exit();
    const second = await all.serve();
    await reaches(lab, all);
    assert.is(client.complaints().match(/: connected/g)?.length, 2);
    assert.match(second.complaints(), /a client came/);
  }),
);

withSites(
  "a client that gets another address is followed there, in the same session",
  inLab(async (lab) => {
    const all = await sites(lab);
    const server = await all.serve();
    const client = dial(lab, all);
    await reaches(lab, all);
    await startIn(lab, all.far, "ip", "address", "del", `${CLIENT}/24`, "dev", "eth0").exit();
    await all.far.configure("eth0", `${ELSEWHERE}/24`);
    await reaches(lab, all);
    assert.match(server.complaints(), new RegExp(`${ELSEWHERE.replaceAll(".", "\\.")}:\\d+: a client is here now`));
    assert.is(client.complaints().match(/: connected/g)?.length, 1);
  }),
);

test.run();
