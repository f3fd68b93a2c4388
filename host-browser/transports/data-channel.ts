// A WebRTC data channel as a link: a frame is a message.

import { BaseLink } from "../../host/base-link.js";
import { FRAME_MAX } from "../../host/framing.js";
import type { Frame } from "../../host/link.js";

/** Octets that may wait for a slow network. */
const BACKLOG = 1 << 20;

/** How a channel is made that treats frames as a cable does: in no order, and none twice. */
export const CABLE: RTCDataChannelInit = { ordered: false, maxRetransmits: 0 };

class DataChannelLink extends BaseLink {
  readonly #channel: RTCDataChannel;

  constructor(channel: RTCDataChannel, name: string) {
    super(name);
    this.#channel = channel;
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer && data.byteLength <= FRAME_MAX) this.take(new Uint8Array(data));
    };
    channel.onclose = () => this.end();
  }

  /** Frames that are sent before it is open are lost. */
  send(frame: Frame): boolean {
    const channel = this.#channel;
    if (!this.isOpen || channel.readyState !== "open" || channel.bufferedAmount + frame.length > BACKLOG) return false;
    channel.send(frame.slice());
    return true;
  }

  protected shut(): void {
    this.#channel.onmessage = null;
    this.#channel.onclose = null;
    this.#channel.close();
  }
}

/** A link over a data channel, made with CABLE or as its other end likes. */
export function dataChannel(channel: RTCDataChannel, name = `rtc ${channel.label}`): DataChannelLink {
  return new DataChannelLink(channel, name);
}
