// A link to nowhere.

import { Batch } from "../cable/batch.js";
import type { Side } from "../cable/side.js";

const NOTHING = -1;

export async function openNull(): Promise<Side> {
  return {
    name: "null",
    input: NOTHING,
    output: NOTHING,
    batch: new Batch(0),
    isHeld: false,
    onend() {},
    read: () => 0,
    write(batch) {
      batch.first = batch.count;
      return 0;
    },
    unread: () => 0,
    close() {},
  };
}
