// Who has an address: what is asked for it, and how often.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressText, parseAddress } from "../../host/slirp/address.js";
import { Neighbours } from "../../host/slirp/neighbours.js";

const test = suite("slirp neighbours");

test("an address is asked for once a second, however many frames are to go there", () => {
  let nowMs = 0;
  const neighbours = new Neighbours(() => nowMs);
  const asked: string[] = [];
  neighbours.onask = (address) => void asked.push(addressText(address));
  for (; nowMs < 2_500; nowMs++)
    for (const to of ["10.0.2.20", "fd00::20"]) neighbours.keep(parseAddress(to)!, new Uint8Array(60));
  assert.equal(asked, Array(3).fill(["10.0.2.20", "fd00::20"]).flat());
});

test.run();
