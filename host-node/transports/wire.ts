// Another link with faults before it: what is sent goes from left to right, what comes from right to left.

import { refuse } from "../../host/errors.js";
import type { Link } from "../../host/link.js";
import { wireOf } from "../../host/wire/link.js";
import { applySettings } from "../../host/wire/settings.js";
import { linkOf } from "../cable/link.js";
import { exactClock } from "../wire/exact-clock.js";
import { newFilter } from "../wire/new-filter.js";
import { openLink, type PlugOptions } from "./open.js";

/** `wire://loss=5,delay=20+5N{URL}` */
export async function openWire(rest: string, options: PlugOptions): Promise<Link> {
  const [, settings = "", nested] = /^([^{]*)\{(.*)\}$/s.exec(rest) ?? [];
  if (nested === undefined)
    refuse("EINVAL", `wire://${rest}: wire://SETTINGS{URL} is wanted, as wire://loss=5{tap://t0}`);
  const filter = newFilter();
  applySettings(filter, settings);
  return wireOf(filter, exactClock())(linkOf(await openLink(nested, options)));
}
