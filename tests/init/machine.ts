// A machine of its own for scripts of init systems, on this one: processes, mounts and networks that nobody else has.
// Programs of ours stand where Debian's do, and what a script finds by a name or kills can only be its own.

import { fileURLToPath } from "node:url";
import { TOOLS } from "../../host-node/tools/aliases.js";
import type { Lab } from "../interop/lab.js";
import type { Needs } from "../skip.js";

const programs = fileURLToPath(new URL("../../bin/", import.meta.url));

/** What such a machine takes. */
export const MACHINE: Needs = { commands: ["unshare", "mount", "ip"], namespaces: true };

/** An empty /run, a folder of programs as npm links them, and nothing of this machine's configuration to be touched. */
const SETUP = `
set -u
mount --make-rprivate /
mount -t tmpfs tmpfs /run
ip link set lo up
mkdir /run/bin /run/home
for name in loom ${TOOLS.flatMap(({ aka }) => aka).join(" ")}; do ln -s "$PROGRAMS/$name" /run/bin/; done
export HOME=/run/home PATH=/run/bin:$PATH
cd /run

# soon WHAT...: waits until a command succeeds.
soon() {
  for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done
  echo "in vain: $*" >&2
  return 1
}
gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
`;

/** Runs a script on a machine of its own. Returns its lines, after a successful end. */
export async function onMachine(lab: Lab, script: string, ms = 300_000): Promise<string[]> {
  const unshare = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc"];
  const program = lab.start("env", `PROGRAMS=${programs}`, ...unshare, "bash", "-c", `${SETUP}\n${script}`);
  const { code, signal } = await program.exit(ms);
  if (code !== 0) throw new Error(`the script ended with ${code ?? signal}`);
  return program.text().trim().split("\n");
}
