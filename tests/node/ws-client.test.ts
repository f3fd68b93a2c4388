// ws:// as a link of every tool, against a relay that is not ours.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Link } from "../../host/link.js";
import { linkOf } from "../../host-node/cable/link.js";
import { openLink } from "../../host-node/transports/open.js";
import { linkSuite } from "../conformance/link.js";
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

test.run();
