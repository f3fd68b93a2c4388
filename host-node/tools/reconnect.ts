// Whether a cable waits for a switch that is gone. Scripts rely on the end of a plug in the foreground, and nobody on that of
// a daemon: see docs/decisions/0031-cables-come-back.md.

import type { Options, Values } from "../cli/options.js";

export const RECONNECT_OPTIONS = {
  reconnect: { added: true, help: "when the switch is gone, plug in again as soon as it is back; a daemon does" },
  noreconnect: { added: true, help: "end with the switch, as a daemon too" },
} as const satisfies Options;

export function reconnects({
  daemon,
  reconnect,
  noreconnect,
}: Values<typeof RECONNECT_OPTIONS> & { readonly daemon: boolean }): boolean {
  return !noreconnect && (reconnect || daemon);
}
