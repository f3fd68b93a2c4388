// Debian's own hooks of ifupdown, as package vde2 brings them, with our programs where they look for VDE's.

import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { needs } from "../skip.js";
import { MACHINE, onMachine } from "./machine.js";

const HOOKS = ["/etc/network/if-pre-up.d/vde2", "/etc/network/if-post-down.d/vde2"];
const test = suite("Debian's ifupdown");
const withHooks = needs(test, {
  ...MACHINE,
  commands: [...MACHINE.commands!, "ifup", "ifdown", "start-stop-daemon", "vde_tunctl", "vde_switch", "slirpvde"],
  files: HOOKS,
  unless: !isOpenToAll() && "the hook's user vde2-net must be able to read this folder",
});

/** Whether another user gets to this folder: the hook runs slirpvde as a user of its own. */
function isOpenToAll(): boolean {
  const folders = [fileURLToPath(new URL("../../../bin/", import.meta.url))];
  while (folders.at(-1) !== "/") folders.push(dirname(folders.at(-1)!));
  try {
    accessSync(process.execPath, constants.X_OK);
    return folders.every((folder) => (statSync(folder).mode & 0o5) === 0o5);
  } catch {
    return false;
  }
}

/** ifupdown with nothing but VDE's hooks. Mounts hide Debian's programs from the hooks, which name them by their paths. */
const SETUP = `
mkdir /run/network && cp -a /etc/network /run/configuration
rm -f /run/configuration/if-*.d/* && for hook in ${HOOKS.join(" ")}; do cp $hook /run/configuration/\${hook#/etc/network/}; done
mount --bind /run/configuration /etc/network
for name in vde_switch slirpvde vde_plug dpipe; do mount --bind "$PROGRAMS/$name" /usr/bin/$name; done
ours() { for pid in $(pgrep -x 'vde_switch|slirpvde|vde_plug|dpipe'); do cat /proc/$pid/comm; done | sort | xargs; }
alone() { [ -z "$(ours)" ]; }
up() { ifup --interfaces=/run/interfaces tap9 >&2 && ours && ip -br -4 address show tap9 | xargs; }
down() { ifdown --interfaces=/run/interfaces tap9 >&2; }
state() { ls -A /run/vde2; [ -e /sys/class/net/tap9 ] && echo tap9; true; }
`;

function stanza(...lines: readonly string[]): string {
  const text = ["iface tap9 inet static", "  address 10.77.9.1", "  netmask 255.255.255.0", ...lines].join("\n");
  return `cat >/run/interfaces <<'end'\n${text}\nend\n`;
}

withHooks(
  "a stanza with a switch goes up, down and up again, with nothing left behind",
  inLab(async (lab) => {
    const lines = await onMachine(
      lab,
      `${SETUP}${stanza("  vde2-switch -")}
      up && down && soon alone && state && up && down && soon alone && state && echo the end`,
    );
    const address = "tap9 UP 10.77.9.1/24";
    assert.equal(lines, ["vde_switch", address, "vde_switch", address, "the end"]);
  }),
);

withHooks(
  "a stanza goes up at once after it went down",
  inLab(async (lab) => {
    const lines = await onMachine(
      lab,
      `${SETUP}${stanza("  vde2-switch -n 64")}
      up && down && up && down && up && sleep 1 && ours && down && soon alone && state && echo the end`,
    );
    const up = ["vde_switch", "tap9 UP 10.77.9.1/24"];
    assert.equal(lines, [...up, ...up, ...up, "vde_switch", "the end"]);
  }),
);

withHooks(
  "a stanza with a gateway and a plug to another switch does as well",
  inLab(async (lab) => {
    const lines = await onMachine(
      lab,
      `${SETUP}${stanza("  vde2-switch -", "  vde2-slirp -", "  vde2-plug /usr/bin/vde_plug /run/other")}
      /usr/bin/vde_switch -d -s /run/other -p /run/other.pid
      up && down && soon eval '[ "$(ours)" = vde_switch ]' && up
      kill $(cat /run/other.pid); down; soon alone && state && echo the end`,
    );
    const running = lines.filter((line) => line.includes("slirpvde"));
    assert.is(running.length, 2, lines.join("\n"));
    assert.is(lines.at(-1), "the end");
  }),
);

withHooks(
  "the start of what runs already starts nothing",
  inLab(async (lab) => {
    const lines = await onMachine(
      lab,
      `${SETUP}${stanza("  vde2-switch -")}
      up; before=$(pidof vde_switch); IFACE=tap9 METHOD=static IF_VDE2_SWITCH=- sh ${HOOKS[0]}
      [ "$before" = "$(pidof vde_switch)" ] && echo the same; down; soon alone`,
    );
    assert.is(lines.at(-1), "the same");
  }),
);

test.run();
