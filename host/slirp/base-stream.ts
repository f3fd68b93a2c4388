// What every stream has: its holder is told of nothing until it has said how.

import type { Stream } from "./backend.js";

const IGNORE = () => {};

export abstract class BaseStream implements Stream {
  onconnect: Stream["onconnect"] = IGNORE;
  ondata: Stream["ondata"] = IGNORE;
  onend: Stream["onend"] = IGNORE;
  onerror: Stream["onerror"] = IGNORE;
  ondrain: Stream["ondrain"] = IGNORE;
  abstract readonly queued: number;
  abstract write(octets: Uint8Array): void;
  abstract end(): void;
  abstract destroy(): void;
  abstract pause(): void;
  abstract resume(): void;
}
