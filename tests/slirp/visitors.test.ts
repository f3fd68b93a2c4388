// Guests that come by other ways than frames have the limits of the gateway, together with all others.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { guestsOf, limitsOf } from "../../host/slirp/report.js";
import { visitorsAlone } from "../../host/slirp/visitors.js";
import { stillClock } from "../clock.js";
import { BOTH, bench, MadeGuest, send } from "./guest.js";
import { Connection, SYN } from "./tcp-guest.js";

const test = suite("slirp visitors");
const FAR = "198.51.100.7";

test("a visitor has a guest's part, and what visitors have is not there for others", () => {
  const limits = { flows: 5, flowsPerGuest: 3, sockets: 4, socketsPerGuest: 4 };
  const lab = bench({ ...BOTH, limits });
  const { visitors } = lab.gateway;
  const taken = Array.from({ length: 4 }, () => visitors.take("wisp a", "flows"));
  assert.equal(
    taken.map((give) => give !== undefined),
    [true, true, true, false],
  );
  for (let i = 0; i < 2; i++) visitors.take("wisp b", "sockets");
  const guest = new MadeGuest(lab);
  for (let port = 1; port <= 9; port++) {
    new Connection(lab, guest, FAR, 80, port).say(SYN);
    send(lab, guest.udp("10.0.2.15", port, FAR, 9, new Uint8Array(4)));
  }
  assert.equal([lab.gateway.tcp.list().length, lab.world.sockets], [2, 2]);
  assert.is(visitors.take("wisp c", "flows"), undefined);
  const used = Object.fromEntries(limitsOf(lab.gateway).map(({ name, used: count }) => [name, count]));
  assert.equal([used["flows"], used["ports"]], [5, 4]);
  const shown = guestsOf(lab.gateway).find(({ guest: name }) => name === "wisp a");
  assert.equal([shown?.flows, shown?.refused], [3, 1]);
  taken[0]!();
  taken[0]!();
  new Connection(lab, guest, FAR, 80, 10).say(SYN);
  assert.is(lab.gateway.tcp.list().length, 3);
  assert.equal(lab.gateway.used().flows, 5);
});

test("a visitor that is faster than its rate is made to wait, and its datagrams are lost", () => {
  const clock = stillClock();
  const visitors = visitorsAlone({ ratePerGuest: 10_000, burstPerGuest: 20_000 }, clock);
  assert.is(visitors.delay("a", "up", 20_000), 0);
  assert.is(visitors.delay("a", "up", 5_000), 500);
  assert.is(visitors.delay("a", "up", 5_000), 1_000);
  assert.is(visitors.delay("a", "down", 5_000), 0, "each direction has its own");
  assert.is(visitors.delay("b", "up", 5_000), 0, "and so has each visitor");
  assert.not(visitors.admits("a", "up", 1));
  clock.pass(1_500);
  assert.ok(visitors.admits("a", "up", 4_000));
  assert.is(visitorsAlone({}, clock).delay("a", "up", 1e9), 0, "where there is none, nobody waits");
});

test.run();
