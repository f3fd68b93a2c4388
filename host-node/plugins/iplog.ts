// VDE's plugin iplog: which IP address is used at which port, by whom, and since when.

import { command, listing, type Menu } from "../../host/console/command.js";
import { decimal, inRange, rest, seconds } from "../../host/console/kinds.js";
import { refuse } from "../../host/errors.js";
import type { Plugin } from "../../host/plugin.js";
import type { System } from "../../host/system.js";
import { addressOctets } from "../native/address.js";
import { rangeText, readRange, versionOf } from "./ip-ranges.js";
import { IpWatch, NEW_IP } from "./ip-watch.js";

interface Target {
  readonly ips: IpWatch;
  readonly system: Pick<System, "findUser">;
}

/** The longest that a timer can wait, in whole seconds. */
const SECONDS_MAX = 2_147_483;

const menu: Menu<Target> = {
  name: "iplog",
  title: "IP/Mac/User Logging",
  commands: [
    listing("iplog/showinfo", [], "Show info on logging", function* ({ ips }) {
      yield "iplog: ip/port/user logging plugin";
      yield String(ips.log);
      yield `GC interval ${ips.gcMs / 1000} secs`;
      yield `GC expire ${ips.expireMs / 1000} secs`;
      if (ips.log.lost > 0) yield `Lost ${ips.log.lost} lines`;
    }),
    command("iplog/logfile", [rest("pathname")], "Set the logfile", ({ ips }, path) => ips.log.set(path)),
    command("iplog/ipadd", [rest("ipaddr/mask")], "add an ipv4/v6 range", ({ ips }, text) => ips.add(readRange(text))),
    command("iplog/ipdel", [rest("ipaddr/mask")], "del an ipv4/v6 range", ({ ips }, text) =>
      ips.remove(readRange(text)),
    ),
    listing("iplog/list", [], "list ip ranges", function* ({ ips }) {
      for (const range of ips.ranges()) yield `  ${versionOf(range.network)}: ${rangeText(range)}`;
    }),
    command("iplog/setgcint", [seconds("N")], "change garbage collector interval", ({ ips }, time) => {
      ips.gcMs = inRange("N", time, 1, SECONDS_MAX) * 1000;
    }),
    command("iplog/setexpire", [seconds("N")], "change iplog entries expire time", ({ ips }, time) => {
      ips.expireMs = inRange("N", time, 1, SECONDS_MAX) * 1000;
    }),
    listing("iplog/iplist", [], "list active IP", ({ ips }) => ips.list(() => true)),
    listing("iplog/ipport", [decimal("port")], "list active IP on a port", ({ ips }, port) =>
      ips.list((holder) => holder.port === port),
    ),
    listing("iplog/ipuser", [rest("user")], "list active IP of a user", ({ ips, system }, name) => {
      const uid = system.findUser(name) ?? refuse("EINVAL", `there is no user ${name}`);
      return ips.list((holder) => holder.uid === uid);
    }),
    listing("iplog/ipsearch", [rest("ipaddr")], "search an IP address", ({ ips }, text) => {
      const wanted = addressOctets(text.trim()) ?? refuse("EINVAL", `${text} is no IP address`);
      return ips.list(({ address }) => Buffer.compare(address, wanted) === 0);
    }),
  ],
};

const plugin: Plugin = {
  name: "iplog",
  help: "log ip/port/user assignment",
  start(context) {
    const ips = new IpWatch(context);
    context.onstop(() => ips.log.close());
    context.onhangup(() => ips.log.reopen());
    context.category({ path: NEW_IP, tag: 0o301, help: "show new ip addresses" });
    context.menu(menu, { ips, system: context.system });
  },
};

export default plugin;
