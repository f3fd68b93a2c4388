// Waiting for something to become true, with an end to it.

/** Long enough for a busy machine with two cores: a deadline is for what never comes, and measures nothing. */
export const PATIENCE_MS = 20_000;
const LOOK_MS = 10;
/** What has not moved for so long stands still. */
const STILL_MS = 300;

type Look<T> = () => T | undefined | false | Promise<T | undefined | false>;

/** The first value of `look` that is there. Throws when the deadline passes: `what` says what never came. */
export async function until<T>(what: string, look: Look<T>, ms = PATIENCE_MS): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

/** Waits until a count that has begun to grow stands still, and returns it. */
export async function standsStill(what: string, count: () => number): Promise<number> {
  let before = 0;
  return await until(what, async () => {
    await new Promise((done) => setTimeout(done, STILL_MS));
    const now = count();
    const isStill = now > 0 && now === before;
    before = now;
    return isStill && now;
  });
}
