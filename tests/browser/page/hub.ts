// A switch in a SharedWorker, which each tab that opens it is plugged into.

import { messagePort, openSwitch, type PageSwitch } from "etherloom/browser";

let sw: Promise<PageSwitch> | undefined;

Object.assign(globalThis, {
  async onconnect({ ports: [port] }: MessageEvent) {
    sw ??= openSwitch();
    (await sw).plug(messagePort(port!, "tab"));
  },
});

/** Whoever asks here is told how many tabs are plugged in. */
const census = new BroadcastChannel("census");
census.onmessage = async ({ data }) => {
  if (data === "how many?") census.postMessage((await sw)?.ports.list({ open: true }).length ?? 0);
};
