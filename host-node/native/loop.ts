// Node's event loop waits for a descriptor of any kind: uv_poll, by koffi, which tells of it with 5 µs where a thread of
// Node's pool takes 25. On the main thread alone: a worker that is terminated has its loop run once more, without JavaScript,
// and what koffi calls then ends the process.

import koffi from "koffi";

export interface LoopWatch {
  /** Whether the program goes on for its sake. */
  hold(isHeld: boolean): void;
}

/** Calls for as long as a descriptor is readable. It must stay open until the program ends. */
export function watchInLoop(fd: number, ready: () => void): LoopWatch {
  const handle = koffi.node.poll(fd, { readable: true }, () => {
    try {
      ready();
    } catch (error) {
      setImmediate(() => {
        throw error; // out of the callback, where it would leave the loop as it is
      });
    }
  });
  process.once("exit", () => handle.close()); // it also keeps the handle, which is closed where it is collected
  return { hold: (isHeld) => (isHeld ? handle.ref() : handle.unref()) };
}
