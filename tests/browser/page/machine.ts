// A machine in a worker, on a port that a switch has lent: it answers each frame that is for e.

import { borrow, type Handle, type Link } from "etherloom/browser";
import { frame, words } from "../../frame.js";

let link: Link;

globalThis.onmessage = async ({ data }: MessageEvent<Handle | "close">) => {
  if (data === "close") return link.close();
  link = await borrow(data);
  link.onframe = (octets) => {
    const [, from, to] = /^(\w) > (\w)/.exec(words(octets)) ?? [];
    if (to === "e") link.send(frame(`e > ${from}`));
  };
  globalThis.postMessage("ready");
};
