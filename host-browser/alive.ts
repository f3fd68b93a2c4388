// Whether another tab or worker still lives. A tab that crashes says no goodbye, but the browser lets go of its locks:
// who waits for the lock hears of it. Where a page may have no locks, which is where it is not secure, nobody hears.

function locks(): LockManager | undefined {
  return (globalThis.navigator as Navigator | undefined)?.locks;
}

/** A name that nobody else has. */
export function uniqueName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (octet) => octet.toString(16).padStart(2, "0")).join(
    "",
  );
}

/** Holds the lock of a name as long as this tab or worker lives. `onheld` runs when it is held, or never will be. */
export function hold(name: string, onheld: () => void = () => {}): () => void {
  let release: () => void = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  const take = () => {
    onheld();
    return held;
  };
  if (locks() === undefined) onheld();
  else locks()?.request(name, take).catch(onheld);
  return release;
}

/** Runs `then` when whoever holds the lock of a name lives no more. Returns a function that calls it off. */
export function onceGone(name: string, then: () => void): () => void {
  const off = new AbortController();
  locks()
    ?.request(name, { signal: off.signal }, then)
    .catch(() => {}); // called off
  return () => off.abort();
}
