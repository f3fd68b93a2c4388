// The pages that are printed, each from its table.

import * as abi from "../assembly/abi.js";
import { Console } from "../host/console/console.js";
import { DROP_REASONS, LOST_IN_RING } from "../host/counters.js";
import { ERRORS } from "../host/errors.js";
import { WireConsole } from "../host/wire/console.js";
import { Filter } from "../host/wire/filter.js";
import { PARAMETER_LIST } from "../host/wire/parameters.js";
import { PRESETS } from "../host/wire/presets.js";
import { wrap } from "../host-node/cli/help.js";
import type { Tool } from "../host-node/cli/tool.js";
import { nodeClock } from "../host-node/clock.js";
import { resourceMenu } from "../host-node/resources/menu.js";
import { webSocketMenu } from "../host-node/servers/websocket/menu.js";
import { TOOLS } from "../host-node/tools/aliases.js";
import { SCHEMES } from "../host-node/transports/schemes.js";
import { VERSION } from "../host-node/version.js";
import type { Difference } from "../tests/transcripts/difference.js";
import { differences } from "../tests/transcripts/differences.js";
import { wireDifferences } from "../tests/transcripts/wire-differences.js";
import { abiPage } from "./abi-page.js";
import { completion, manPage, markdown } from "./manual.js";
import { table } from "./table.js";

const HEADER = "<!-- Printed by `npm run docs`. Change the table that it comes from, not this page. -->";

/** A page: where it comes from, title, and its blocks. */
function page(title: string, ...blocks: readonly string[]): string {
  return `${[HEADER, `# ${title}`, ...blocks.map(folded)].join("\n\n").trimEnd()}\n`;
}

/** Breaks a paragraph of one line. */
function folded(block: string): string {
  return /\n|^[|#]/.test(block) ? block : wrap(block, 120).join("\n");
}

const EXIT_CODES = table(
  ["code", "when"],
  [
    ["0", "it ended in order: TERM, `shutdown`, the end of standard input; `--help` and `--version`"],
    ["1", "it could not start, or broke; as `vde_switch`, a command line that cannot be meant"],
    ["2", "as `loom TOOL`, a command line that cannot be meant"],
    [
      "70",
      "the thread that forwards frames was stuck for as long as `--watchdog` says: the log tells at what. Let the service manager restart it",
    ],
    [
      "the command's",
      "`vde_plug URL = COMMAND`, a link `cmd://`, `dpipe` and `vdeq`: a command ended by itself with another code than 0; 128 and the number of a signal that ended it; 126 or 127 where it could not be started",
    ],
    ["2, 3", "as `vde_cryptcab`: the host of `--connect` has no address; the server's port is taken"],
    ["253", "as `vde_cryptcab`: the keys could not be had, by ssh or from the file"],
    [
      "255",
      "the control directory or a socket could not be made, or is another switch's; as `vde_plug`, `vde_plug2tap`, `vde_pcapplug`, `slirpvde` or `unixcmd`, a command line that cannot be meant",
    ],
    ["by signal", "INT and QUIT: it cleans up, then dies of the signal, as shells expect (130, 131)"],
  ],
);

function cliPage(tools: readonly Tool[]): string {
  const chapters = tools.map((tool) => {
    const names = [`loom ${tool.name}`, ...tool.aka].map((each) => `\`${each}\``).join(", ");
    return `## ${names}\n\n${tool.summary}\n\n${markdown(tool)}`;
  });
  const reading =
    "Long names take one dash or two, and may be cut short while they stay unique. Values follow `=` or are the next " +
    "word; the value of a short option may be glued to it. Numbers are decimal, `0x` hexadecimal or `0` octal. An " +
    "unknown option, a missing or bad value, and a stray word end the start with one line that says what is accepted.";
  return page("Command line", reading, ...chapters, "## Exit codes", EXIT_CODES);
}

/** Commands ask for nothing until they run, so the console of a page needs no switch. */
function consolePage(): string {
  const console = new Console({ switch: undefined as never, system: undefined as never, clock: nodeClock });
  console.commands.add(resourceMenu, undefined as never);
  console.commands.add(webSocketMenu, undefined as never);
  const about =
    "What `help` prints in a running switch; the menu ws is there with `--ws`. [The protocol](../protocols/management.md) is a page of its own.";
  return page("Console commands", about, [...console.commands.markdown()].join("\n"));
}

function wirePage(): string {
  const console = new WireConsole({ filter: new Filter({ seed: 0, now: () => 0 }), system: undefined as never });
  const about =
    "What the console of a wire takes: `loom wire --mgmt`, its standard input where it joins two links, and `wire/do` at " +
    "a switch's. Parameters have the same names on the command line and in `wire://` URLs. Their values are written " +
    "`[LR|RL]N[+N][K|M|G][U|N][[STATE]]`: see [Bad wires](../guides/wire.md).";
  const parameters = PARAMETER_LIST.map(([name, { help, unit, aka = [], added }]) => {
    const names = [name, ...aka].map((each) => `\`${each}\``).join(" ");
    return [names, unit, help, added ? "" : "yes"];
  });
  const presets = Object.entries(PRESETS).map(([name, { help, lines }]) => [`\`${name}\``, help, lines.join("; ")]);
  return page(
    "Console of a wire",
    about,
    "## Parameters",
    table(["parameter", "unit", "what it does", "in VDE"], parameters),
    "## Presets",
    "LR goes up, from the user at the left end, and RL comes down.",
    table(["preset", "what it is like", "settings"], presets),
    [...console.commands.markdown()].join("\n"),
  );
}

function dropsPage(): string {
  const rows = [...DROP_REASONS].map(([code, { name, help }]) => [
    String(code),
    `\`${name}\``,
    help,
    code <= abi.DROP_INGRESS_MAX ? "where it came in" : "where it should have left",
  ]);
  rows.push(["", `\`${LOST_IN_RING.name}\``, LOST_IN_RING.help, "where it came in"]);
  return page(
    "Drops",
    "Every frame that goes nowhere has a reason, and every reason a counter on a port.",
    table(["code", "name", "why", "port that counts it"], rows),
  );
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, [number, text]]) => [
    `\`1${String(number).padStart(3, "0")}\``,
    `\`${code}\``,
    text,
  ]);
  return page(
    "Errors",
    "A console answers `1` and the number in three digits, then the text, and after a colon what to do. In a program " +
      "it is a `SwitchError` with `code`, `errno` and `detail`. Numbers are those of Linux.",
    table(["answer", "code", "text"], rows),
  );
}

/** What the tests allow when they replay sessions that were recorded from VDE. */
function differencesPage(): string {
  const about =
    "Where these consoles answer otherwise than VDE's. All else is the same octet for octet: tests replay recorded " +
    "sessions, and allow what is listed here.";
  const listed = (all: readonly Difference[]) =>
    table(
      ["what", "why"],
      all.map(({ what, why }) => [what, why]),
    );
  const [sw, wire] = ["## The switch", "## The wire"];
  return page("Differences from VDE's consoles", about, sw, listed(differences), wire, listed(wireDifferences));
}

function linksPage(): string {
  const rows = SCHEMES.map(({ scheme, example, help }) => [`\`${scheme}\``, `\`${example}\``, help]);
  return page(
    "Links",
    "What a cable or a port of a switch can be joined to. A name without a scheme is the directory of a switch, or a " +
      "file with a name in its first line; an empty one is the user's usual switch: `~/.vdeplug/default`, " +
      "`~/.vde2/default.switch`, `/var/run/vde.ctl`, `/tmp/vde.ctl`, whichever is there.\n\n" +
      "In a port of a switch, a link comes back whenever its other end does: it is opened again at once, and then after " +
      "longer and longer waits, 30 s at the most. Its port keeps its number and its VLANs meanwhile, and shows it as " +
      "awaited. `port/epclose` ends it for good; `port/remove` does, while it is away. With `[server]`, one peer after " +
      "the other is waited for. A cable ends with either of its ends.",
    table(["scheme", "example", "what it is"], rows),
  );
}

/** Every page, by its path in docs/. */
export async function pages(): Promise<Record<string, string>> {
  const tools = await Promise.all(TOOLS.map(({ load }) => load()));
  const manPages = tools.map((tool) => [`man/loom-${tool.name}.1`, manPage(tool, VERSION)]);
  return {
    "reference/abi.md": page("ABI of the core", ...abiPage()),
    "reference/cli.md": cliPage(tools),
    "reference/console.md": consolePage(),
    "reference/differences.md": differencesPage(),
    "reference/drops.md": dropsPage(),
    "reference/errors.md": errorsPage(),
    "reference/links.md": linksPage(),
    "reference/wire-console.md": wirePage(),
    ...Object.fromEntries(manPages),
    "completion/loom.bash": completion(tools),
  };
}
