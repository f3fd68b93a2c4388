// Ends of cables that are over before the cable is.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { join } from "../../host-node/cable/join.js";
import { linkOf } from "../../host-node/cable/link.js";
import { isSide, type Side } from "../../host-node/cable/side.js";
import { openSwitch } from "../../host-node/open.js";
import { openLink } from "../../host-node/transports/open.js";
import { inLab, type Lab } from "../interop/lab.js";
import { until } from "../interop/wait.js";

const test = suite("cables");

/** A plug whose switch is gone, which was told to nobody. */
async function orphan(lab: Lab): Promise<Side> {
  const sw = await openSwitch({ vde: { dir: lab.path("sw") } });
  const side = await openLink(lab.path("sw"), { description: "test" });
  await sw.close();
  if (!isSide(side)) throw new Error("a plug is a pair of descriptors");
  await until("it hears of the end", () => side.isOver);
  return side;
}

test(
  "a cable ends at once where its switch went before it was joined",
  inLab(async (lab) => {
    await join(await orphan(lab), await openLink("null://", { description: "test" }), new AbortController().signal);
  }),
);

test(
  "so does a link, and tells who holds it",
  inLab(async (lab) => {
    const link = linkOf(await orphan(lab));
    let told = 0;
    link.onclose = () => void told++;
    await until("it is told", () => told > 0);
    assert.is(told, 1);
  }),
);

test.run();
