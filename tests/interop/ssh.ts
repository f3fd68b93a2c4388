// An OpenSSH server for one test, and how its client reaches it: a configuration of its own, and nobody's keys.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { freePort } from "../free-port.js";
import type { Lab } from "./lab.js";
import { ours } from "./tools.js";
import { until } from "./wait.js";

export interface SshOptions {
  /** Which of our tools are in its PATH there. */
  readonly tools: readonly string[];
  readonly host?: string;
  /** What is put before the server's command, so that it runs in a namespace. */
  readonly inside?: readonly string[];
  /** What it sets there besides PATH. */
  readonly environment?: readonly string[];
}

export interface Ssh {
  /** The client's configuration, for -F. */
  readonly config: string;
  /** user@host */
  readonly target: string;
}

/** Starts a server for this user alone. */
export async function sshServer(lab: Lab, options: SshOptions): Promise<Ssh> {
  const { tools, host = "127.0.0.1", inside = [], environment = [] } = options;
  const port = await freePort();
  const key = (name: string) => lab.start("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", lab.path(name)).exit();
  await Promise.all([key("host"), key("user")]);
  writeFileSync(lab.path("keys"), readFileSync(lab.path("user.pub")), { mode: 0o600 });
  if (process.geteuid?.() === 0) mkdirSync("/run/sshd", { recursive: true }); // where it gives up its rights
  const folders = tools.map((name) => dirname(ours(lab, name)));
  const path = [...new Set([...folders, dirname(process.execPath), "/usr/bin", "/bin"])].join(":");
  const settings = [`Port ${port}`, `ListenAddress ${host}`, `HostKey ${lab.path("host")}`, "PidFile none"];
  settings.push(`AuthorizedKeysFile ${lab.path("keys")}`, "StrictModes no", "UsePAM no");
  settings.push(`SetEnv ${[`PATH=${path}`, ...environment].join(" ")}`);
  writeFileSync(lab.path("sshd_config"), `${settings.join("\n")}\n`);
  const command = [...inside, "/usr/sbin/sshd", "-D", "-e", "-f", lab.path("sshd_config")];
  const server = lab.start(command[0]!, ...command.slice(1));
  await until("the ssh server listens", () => /Server listening/.test(server.complaints()) || server.orDies());
  const wanted = [`Port ${port}`, `IdentityFile ${lab.path("user")}`, "StrictHostKeyChecking no"];
  wanted.push("UserKnownHostsFile /dev/null", "LogLevel ERROR", "BatchMode yes");
  writeFileSync(lab.path("ssh_config"), `${wanted.join("\n")}\n`);
  return { config: lab.path("ssh_config"), target: `${userInfo().username}@${host}` };
}
