// A process that misbehaves: three kinds of mischief at a time, drawn by a seed, until its time is over. Prints what it
// does, so that a failure can be read.

import { setMaxListeners } from "node:events";
import { setPriority } from "node:os";
import { random } from "../random.js";
import { consoleMischief, type Mischief } from "./mischief-console.js";
import { guestMischief } from "./mischief-guests.js";
import { plugMischief } from "./mischief-plugs.js";
import { webMischief } from "./mischief-web.js";
import { type Place, pause } from "./place.js";

const AT_ONCE = 3;
const LONGEST_MS = 6_000;

const families = { console: consoleMischief, plug: plugMischief, web: webMischief, guest: guestMischief };
const only = new RegExp(process.env["CHAOS_ONLY"] ?? "");
const all = Object.entries(families)
  .flatMap(([family, kinds]) =>
    Object.entries(kinds).map(([name, mischief]): [string, Mischief] => [`${family}/${name}`, mischief]),
  )
  .filter(([name]) => only.test(name));
if (all.length === 0) throw new Error(`no mischief matches ${only}`);

const place: Place = JSON.parse(process.argv[2] ?? "");
const end = performance.now() + 1000 * place.seconds;
/** The processor is not what is fought for: on two cores, honest programs would stand behind this one. */
setPriority(10);
process.on("uncaughtException", (error) => console.log(`mischief fails: ${error.stack}`));

/** Every kind comes up once before any comes again. */
function* drawn(seed: number): Generator<[name: string, mischief: Mischief]> {
  const chance = random(seed);
  for (;;) {
    const left = [...all];
    while (left.length > 0) yield left.splice(chance.below(left.length), 1)[0]!;
  }
}

const queue = drawn(place.seed);

async function misbehave(seed: number): Promise<void> {
  const chance = random(seed);
  while (performance.now() < end) {
    const [name, mischief] = queue.next().value as [string, Mischief];
    const ms = Math.min(1_000 + chance.below(LONGEST_MS), end - performance.now());
    console.log(`${Math.round(performance.now())} ${name}`);
    const stop = AbortSignal.timeout(Math.max(1, Math.round(ms)));
    setMaxListeners(0, stop); // every pause of every client hears it
    await Promise.race([mischief(place, chance, stop), pause(2 * LONGEST_MS)]);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => misbehave(place.seed + i)));
process.exit(0);
