// A wire with faults in a page.

import { browserClock, linkPair, wireFrom } from "etherloom/browser";
import { fates } from "../../wire/fate.js";

/** What becomes of frames on a wire with these settings. */
export function run(settings: string, seed: number, count: number): Promise<readonly string[]> {
  return fates(wireFrom(settings, { seed, clock: browserClock }), linkPair(), count);
}

/** How long frames took that were sent one after the other, in ms. */
export async function delays(settings: string, count: number): Promise<number[]> {
  const [near, far] = linkPair();
  const link = wireFrom(settings, { seed: 1, clock: browserClock })(near);
  const took: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = browserClock.now();
    const came = new Promise<number>((resolve) => {
      far.onframe = () => resolve(browserClock.now() - start);
    });
    link.send(new Uint8Array(60));
    took.push(await came);
  }
  link.close();
  return took;
}
