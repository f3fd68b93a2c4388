// A port of a switch for another thread: an emulator in a worker. The switch lends it, the worker borrows it. In a page
// that is cross-origin isolated these are rings in the core's own memory, which no other thread has a hand in; elsewhere
// it is a message port.
//
//   lender                         borrower
//     | ---- handle ----------------> |   by a message of the page's own
//     | <--------------- "held" ----- |   it holds the lock that stands for its life
//     | ---- "go" ------------------> |   from here on it uses the rings
//     | ---- "close" ---------------> |   unplugged: the rings are another's when the lock is free

import * as abi from "../assembly/abi.js";
import { BaseLink } from "../host/base-link.js";
import { SwitchError } from "../host/errors.js";
import type { Frame, Link } from "../host/link.js";
import { feed, Ring } from "../host/ring.js";
import { hold, onceGone, uniqueName } from "./alive.js";
import { browserClock } from "./clock.js";
import { messagePort } from "./transports/message-port.js";
import { awaitFrames, wakeCore } from "./wake.js";

/** Where the rings are. */
interface Rings {
  readonly memory: SharedArrayBuffer;
  readonly link: number;
  readonly endpoint: number;
  /** The name of the lock that the borrower holds. */
  readonly alive: string;
}

/** What a worker borrows by. To be posted to it, with `port` in the list of what changes hands. */
export interface Handle {
  readonly name: string;
  readonly port: MessagePort;
  readonly rings?: Rings;
}

type Word = "held" | "go" | "close";

/** The lender's end of the talk about a pair of rings. */
export class Lease {
  readonly handle: Handle;
  readonly #port: MessagePort;
  /** Runs when the borrower is gone, and never before it has stopped. */
  onend: () => void = () => {};
  #isOver = false;
  #isHeld = false;

  constructor(name: string, rings: Omit<Rings, "alive">) {
    const { port1, port2 } = new MessageChannel();
    const alive = `etherloom/${uniqueName()}`;
    this.handle = { name, port: port2, rings: { ...rings, alive } };
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data !== "held" || this.#isOver) return;
      this.#isHeld = true;
      this.#say("go");
      onceGone(alive, () => this.#end());
    };
  }

  /** Tells the borrower to stop. Where nobody has borrowed yet, nobody will. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#say("close");
    if (!this.#isHeld) this.#end();
  }

  #say(word: Word): void {
    this.#port.postMessage(word);
  }

  #end(): void {
    this.#isOver = true;
    this.#port.onmessage = null;
    this.onend();
  }
}

class RingLink extends BaseLink {
  /** The rings may be used from now on. ENXIO where the lender wants them back before that. */
  readonly ready: Promise<Link>;
  readonly #port: MessagePort;
  readonly #rings: Rings;
  readonly #words: Int32Array;
  readonly #octets: Uint8Array;
  readonly #inward: Ring;
  readonly #outward: Ring;
  readonly #release: () => void;
  #mayUse = false;

  constructor({ name, port }: Handle, rings: Rings) {
    super(name);
    const { memory, link, alive } = rings;
    const at = abi.LINKS + link * abi.LINK_SIZE;
    this.#port = port;
    this.#rings = rings;
    this.#words = new Int32Array(memory);
    this.#octets = new Uint8Array(memory);
    this.#inward = new Ring(memory, at + abi.LINK_IN, abi.LINK_IN_OCTETS);
    this.#outward = new Ring(memory, at + abi.LINK_OUT, abi.LINK_OUT_OCTETS);
    this.ready = new Promise((go, refused) => {
      port.onmessage = ({ data }: MessageEvent<Word>) => {
        if (data === "close") {
          this.end();
          refused(new SwitchError("ENXIO", "the port was taken back before it was borrowed"));
        } else if (data === "go") {
          go(this);
          void this.#listen();
        }
      };
    });
    this.#release = hold(alive, () => port.postMessage("held" satisfies Word));
  }

  send(frame: Frame): boolean {
    if (!this.#mayUse || !this.#inward.push(frame)) return false;
    this.#feed();
    return true;
  }

  protected shut(): void {
    this.#mayUse = false;
    this.#port.onmessage = null;
    this.#port.close();
    this.#release();
  }

  async #listen(): Promise<void> {
    this.#mayUse = true;
    while (this.isOpen) {
      this.#read();
      await awaitFrames(this.#words, this.#rings.link, () => !this.#outward.isEmpty);
      if (!this.#outward.isEmpty) await new Promise<void>((done) => browserClock.after(0, done)); // others have turns, too
    }
  }

  /** Stops where what it hands over closes it. */
  #read(): void {
    for (const frame of this.#outward.records()) {
      this.take(frame);
      if (!this.isOpen) return;
    }
    const waiting = abi.ENDPOINTS + this.#rings.endpoint * abi.ENDPOINT_SIZE + abi.ENDPOINT_WAITING;
    if (this.#octets[waiting] === 1) this.#feed();
  }

  #feed(): void {
    feed(this.#words, this.#rings.link);
    wakeCore(this.#words);
  }
}

/** The link of a port that a switch of another thread has lent. ENXIO where it was unplugged meanwhile. */
export async function borrow(handle: Handle): Promise<Link> {
  return handle.rings === undefined ? messagePort(handle.port, handle.name) : new RingLink(handle, handle.rings).ready;
}
