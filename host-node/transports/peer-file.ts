// The peer of a Unix datagram socket, by its path. A socket that is connected takes nothing from anybody else, and nothing
// tells it that its peer died: who comes back to the path would not be heard until we had something to send.

import { type FSWatcher, lstatSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { AF_UNSPEC, connectTo, sockaddrUn } from "../native/socket.js";
import { hasPeer } from "../native/unix-diag.js";
import { exactClock } from "../wire/exact-clock.js";

/** So often it is seen that the peer died without a word, or its folder was replaced. */
const LOOK_MS = 500;
const NOBODY = new Uint8Array(16).fill(AF_UNSPEC);

export class PeerFile {
  readonly #fd: number;
  readonly #path: string;
  readonly #address: Uint8Array;
  #callOff: () => void = () => {};
  #watcher: FSWatcher | undefined;
  /** The file that it is connected to; another one of that name is another peer's. */
  #file: string | undefined;

  constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
    this.#address = sockaddrUn(path);
    this.connect();
    this.#watch();
    this.#lookLater();
  }

  /** Connects to the current peer, or disconnects so that any sender is heard. Returns whether there is a peer. */
  connect(): boolean {
    this.#file = undefined;
    const file = identity(this.#path);
    try {
      connectTo(this.#fd, this.#address, this.#path);
      this.#file = file;
      return true;
    } catch {
      connectTo(this.#fd, NOBODY, this.#path);
      return false;
    }
  }

  close(): void {
    this.#callOff();
    this.#watcher?.close();
  }

  /** By a timer that wakes a pump, which Node's own do not. */
  #lookLater(): void {
    this.#callOff = exactClock().after(LOOK_MS, () => {
      this.#look();
      this.#lookLater();
    });
  }

  /** A peer that lives without its file stays: something tidied up there. */
  #look(): void {
    const file = identity(this.#path);
    const isOther = file !== undefined && file !== this.#file;
    if (isOther || (this.#file !== undefined && hasPeer(this.#fd) === false)) this.connect();
    if (this.#watcher === undefined) this.#watch();
  }

  /** Where the kernel has no watch left, or the folder is not there, the timer does. */
  #watch(): void {
    const name = basename(this.#path);
    const gone = () => {
      this.#watcher?.close();
      this.#watcher = undefined;
    };
    try {
      this.#watcher = watch(dirname(this.#path), (_event, changed) => {
        if (changed === name) this.#look();
        else if (changed === basename(dirname(this.#path))) gone(); // the folder itself
      }).on("error", gone);
    } catch {
      this.#watcher = undefined;
    }
  }
}

/** Inodes are used again; the time of their last change is not. Undefined where nothing can be seen at that path. */
function identity(path: string): string | undefined {
  try {
    const { dev, ino, ctimeNs } = lstatSync(path, { bigint: true });
    return `${dev} ${ino} ${ctimeNs}`;
  } catch {
    return undefined; // also where the folder was closed to us, or is no folder any more
  }
}
