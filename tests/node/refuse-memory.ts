// Loaded before a program under test: while a file is there, large and small pieces of memory are refused to it now and then,
// as they are to a process at its limit.

import { existsSync } from "node:fs";

const path = process.env["LOOM_REFUSE_MEMORY"] ?? "";
let count = 0;
let isRefusing = false;
if (path !== "")
  setInterval(() => {
    isRefusing = existsSync(path);
  }, 10).unref();

function refusing<Args extends unknown[], T>(allocate: (...args: Args) => T): (...args: Args) => T {
  return (...args) => {
    if (isRefusing && ++count % 3 === 0) throw new RangeError("Array buffer allocation failed");
    return allocate(...args);
  };
}

if (path !== "") {
  Buffer.concat = refusing(Buffer.concat);
  Buffer.alloc = refusing(Buffer.alloc) as typeof Buffer.alloc;
  Uint8Array.prototype.slice = function slice(this: Uint8Array, ...args: [number?, number?]) {
    if (isRefusing && ++count % 3 === 0) throw new RangeError("Array buffer allocation failed");
    return Uint8Array.from(this.subarray(...args));
  } as typeof Uint8Array.prototype.slice;
}
