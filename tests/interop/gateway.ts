// A guest behind a gateway: a network namespace with a tap of our switch, which has no other way out.

import { writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import * as assert from "uvu/assert";
import type { Lab } from "./lab.js";
import { makeNamespace, type Namespace } from "./namespace.js";
import type { Program } from "./program.js";
import { startSwitch, underTest } from "./switch.js";
import { ours } from "./tools.js";
import { until } from "./wait.js";

export interface Guest {
  readonly namespace: Namespace;
  readonly directory: string;
  readonly gateway: Program;
  /** Runs a command in the guest, and returns what it wrote. Fails where it fails. */
  run(...command: readonly string[]): Promise<string>;
  /** The same, and how it ended. */
  try(...command: readonly string[]): Promise<{ code: number | null; text: string; complaints: string }>;
  start(...command: readonly string[]): Program;
}

/** A guest whose interface is up, and has no address. */
export async function startGuestBehind(lab: Lab, tool: string, ...options: readonly string[]): Promise<Guest> {
  return await startGuestIn(lab, {}, tool, ...options);
}

/** The same, with the gateway in another namespace, or behind a cable that is not as it should be; or by its URL. */
export async function startGuestIn(
  lab: Lab,
  { world, cable = (directory) => directory }: { world?: Namespace; cable?: (directory: string) => string },
  tool: string,
  ...options: readonly string[]
): Promise<Guest> {
  const namespace = await makeNamespace(lab);
  const { directory } = await startSwitch(lab, "sw", {
    command: [...namespace.inside, ...underTest],
    options: ["--tap", "g0"],
  });
  const there = tool.includes("://")
    ? [ours(lab, "vde_plug"), tool, directory]
    : [ours(lab, tool), "-s", cable(directory)];
  const [command = "", ...words] = [...(world?.inside ?? ["env"]), ...there, ...options];
  const gateway = lab.start(command, ...words);
  const start = (...command: readonly string[]) => {
    const [program = "", ...args] = [...namespace.inside, ...command];
    return lab.start(program, ...args);
  };
  const attempt = async (...command: readonly string[]) => {
    const program = start(...command);
    const { code } = await program.exit(90_000);
    return { code, text: program.text(), complaints: program.complaints() };
  };
  const guest: Guest = {
    namespace,
    directory,
    gateway,
    start,
    try: attempt,
    async run(...command) {
      const { code, text, complaints } = await attempt(...command);
      assert.is(code, 0, `${command.join(" ")}: ${text}${complaints}`);
      return text;
    },
  };
  await until(
    "the gateway says that it starts",
    () => /vde switch|SLIRP configuration/.test(gateway.complaints()) || gateway.orDies(),
  );
  await guest.run("ip", "link", "set", "lo", "up");
  await guest.run("ip", "link", "set", "g0", "up");
  return guest;
}

/** Gives the guest its address and its way out by hand. */
export async function configure(guest: Guest, address = "10.0.2.15/24", router = "10.0.2.2"): Promise<void> {
  await guest.run("ip", "address", "add", address, "dev", "g0");
  await guest.run("ip", "route", "add", "default", "via", router);
}

/** A script for udhcpc that does what it is told, and says so. */
export function leaseScript(lab: Lab): string {
  const script = lab.path("lease.sh");
  const body = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add $ip/$mask dev $interface
ip route add default via $router
echo "bound $ip router $router dns $dns lease $lease boot $boot_file"
`;
  writeFileSync(script, body, { mode: 0o755 });
  return script;
}

/** A web server of this machine's loopback. */
export async function serveHttp(lab: Lab, listener: RequestListener, host = "127.0.0.1"): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  lab.later(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sockets of the guest that have not ended as they should have. */
export async function lingering(guest: Guest): Promise<string> {
  return await guest.run("ss", "-Htan", "state", "last-ack", "state", "fin-wait-1", "state", "close-wait");
}
