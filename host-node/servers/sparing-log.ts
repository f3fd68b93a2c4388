// A log that a stranger cannot fill: so many lines in a while, and then how many there were more.

export type Log = (text: string) => void;

const LINES = 20;
const WINDOW_MS = 10_000;

/** A log that leaves out what is too much, and says so in the next line after it. */
export function sparingLog(log: Log, now: () => number = () => performance.now()): Log {
  let since = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (text) => {
    if (now() - since >= WINDOW_MS) {
      if (count > LINES) log(`${count - LINES} more lines were left out`);
      since = now();
      count = 0;
    }
    if (++count <= LINES) log(text);
  };
}
