// What a person can do about a link that could not be opened, by its kind and by errno. The machine's own words say what was
// wrong; they seldom say what to do.

import { splitUrl } from "../../host/transports.js";
import { userName } from "../native/accounts.js";

type Advice = Readonly<Record<string, string>>;

/** What to do where a tap cannot be had. */
export function tapAdvice(name: string): Advice {
  const user = userName(process.geteuid?.() ?? 0);
  const forRoot = `start it as root, or let root run: ip tuntap add dev ${name} mode tap user ${user}`;
  return {
    EPERM: forRoot,
    EACCES: forRoot,
    EBUSY: "another program has it open",
    ENOENT: "this kernel has no taps: modprobe tun",
    EINVAL: "there is an interface of that name which is no tap",
  };
}

function switchAdvice(rest: string): Advice {
  const dir = rest.replace(/\[.*\]$/s, "");
  const none = dir === "" ? "no switch serves /var/run/vde.ctl or /tmp/vde.ctl" : `no switch serves ${dir}/ctl`;
  const start = `vde_switch${dir === "" ? "" : ` -s ${dir}`} starts one`;
  const isNot = "a switch is named by its directory (-s), and not by its console (-M)";
  const forMembers = `this user may not use ${dir || "it"}: --mode and --group of the switch say who may`;
  return {
    ENOENT: `${none}: ${start}`,
    ECONNREFUSED: `${none} any more: ${start}`,
    ENOTDIR: isNot,
    EACCES: forMembers,
  };
}

const folderAdvice: Advice = {
  ENOENT: "a folder of that path is not there: mkdir makes it",
  EACCES: "this user may not write there",
};

function streamAdvice(rest: string): Advice {
  const start = `start who listens at ${rest} first, or let this end listen: stream://${rest}[server]`;
  return { ENOENT: start, ECONNREFUSED: start, EACCES: `this user may not use ${rest}` };
}

const ADVICE: Readonly<Record<string, (rest: string) => Advice>> = {
  vde: switchAdvice,
  tap: tapAdvice,
  cmd: () => ({ ENOENT: "there is no such program in PATH", EACCES: "that file may not be run" }),
  stream: streamAdvice,
  ptp: () => folderAdvice,
  dgram: () => folderAdvice,
};

/** What to do about a name of a link that failed with an errno; nothing where nothing is known that helps. */
export function adviceFor(name: string, code: string): string | undefined {
  const { scheme, rest } = splitUrl(name) ?? { scheme: "vde", rest: name };
  return ADVICE[scheme]?.(rest)[code];
}
