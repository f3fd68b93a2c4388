// ws:// as a link of every tool, against a relay that is not ours.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Link } from "../../host/link.js";
import { linkOf } from "../../host-node/cable/link.js";
import { openLink } from "../../host-node/transports/open.js";
import { dialWebSocket } from "../../host-node/transports/websocket.js";
import { stillClock } from "../clock.js";
import { linkSuite } from "../conformance/link.js";
import { frame } from "../frame.js";
import { inLab } from "../interop/lab.js";
import { until } from "../interop/wait.js";
import { startHub } from "./ws-hub.js";

async function dial(url: string): Promise<Link> {
  return linkOf(await openLink(url, { description: "conformance" }));
}

linkSuite({
  name: "ws:// by a relay",
  open: async (lab) => {
    const url = await startHub(lab);
    return [await dial(url), await dial(url)];
  },
  tellsOfClose: false,
}).run();

const test = suite("ws://");

for (const [url, pattern] of [
  ["ws://127.0.0.1:1/", /ECONNREFUSED/],
  ["ws://", /ws:\/\/HOST\[:PORT\]\/PATH is wanted/],
  ["ws://127.0.0.1:99999/", /is wanted/],
  ["ws://127.0.0.1/a#b", /no #/],
] as const)
  test(`refuses ${url} in words`, async () => {
    try {
      await dial(url);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, pattern);
    }
  });

test(
  "lets a server go that gives no sign of life, and keeps one that does",
  inLab(async (lab) => {
    const clock = stillClock();
    let [asked, answered] = [0, 0];
    const silent = await startHub(lab, { isSilent: true, onping: () => asked++ });
    const alive = await startHub(lab, { onping: (from) => from.send(frame("a > *")) });
    const ends: string[] = [];
    for (const [name, url] of Object.entries({ silent, alive })) {
      const link = await dialWebSocket(url, { clock });
      lab.later(() => link.close());
      link.onframe = () => answered++;
      link.onclose = (reason) => void ends.push(`${name}: ${reason?.message}`);
    }
    for (let round = 1; round <= 3; round++) {
      clock.pass(15_000);
      await until("the answer of the one that lives is read, since what comes after it is", () => answered === round);
    }
    await until("the silent one is let go", () => ends.length > 0);
    assert.equal(ends, ["silent: Connection timed out: no sign of life for 15 s"]);
    assert.is(asked, 1);
  }),
);

test.run();
