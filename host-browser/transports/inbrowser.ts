// v86's own network between tabs, `relay_url: "inbrowser"`, as a link: each frame a message that everybody hears.

import { BaseLink } from "../../host/base-link.js";
import { FRAME_MAX } from "../../host/framing.js";
import type { Frame } from "../../host/link.js";
import { browserClock } from "../clock.js";

/** Such a channel carries 10,000 to 20,000 frames a second, and has no limit of its own: what is beyond is lost here. */
const FRAMES_MAX = 512;
const PERIOD_MS = 25;

class InBrowserLink extends BaseLink {
  readonly isShared = true;
  readonly #channel: BroadcastChannel;
  #periodEnds = 0;
  #count = 0;

  constructor(id: number) {
    super(`inbrowser ${id}`);
    this.#channel = new BroadcastChannel(`v86-inbrowser-${id}`);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof Uint8Array && data.length <= FRAME_MAX) this.take(data);
    };
  }

  send(frame: Frame): boolean {
    if (!this.isOpen || !this.#hasRoom()) return false;
    this.#channel.postMessage(frame.slice());
    return true;
  }

  protected shut(): void {
    this.#channel.close();
  }

  #hasRoom(): boolean {
    const now = browserClock.now();
    if (now >= this.#periodEnds) [this.#periodEnds, this.#count] = [now + PERIOD_MS, 0];
    return this.#count++ < FRAMES_MAX;
  }
}

/** A link to machines of v86 in all tabs of this origin that have `relay_url: "inbrowser"`. Their `id` is 0. */
export function inBrowser(id = 0): InBrowserLink {
  return new InBrowserLink(id);
}
