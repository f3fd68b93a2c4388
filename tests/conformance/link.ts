// Holds a kind of link to what every link must do. The test of each transport runs this on its own links.

import { suite, type Test } from "uvu";
import type { Link } from "../../host/link.js";
import { inLab, type Lab } from "../interop/lab.js";
import { type Needs, needs } from "../skip.js";
import { type Promises, WISHES } from "./wishes.js";

/** How to come by links of a kind. */
export interface LinkKind extends Promises {
  readonly name: string;
  /** The two ends of a fresh path. */
  open(lab: Lab): Promise<readonly [Link, Link]>;
  readonly needs?: Needs;
}

/** A suite for a kind of link. The caller may add hooks, and runs it. */
export function linkSuite(kind: LinkKind): Test {
  const test = suite(`link: ${kind.name}`);
  const when = needs(test, kind.needs ?? {});
  for (const [wish, work] of Object.entries(WISHES))
    when(
      wish,
      inLab(async (lab) => {
        const [left, right] = await kind.open(lab);
        lab.later(() => {
          left.close();
          right.close();
        });
        await work(left, right, kind);
      }),
    );
  return test;
}
