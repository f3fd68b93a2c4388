// Every case, in the order in which they run.

import type { Case } from "../case.js";
import { burst, dpipe64, dpipe1514, plug2tap, plug64, plug1514, trunk } from "./cables.js";
import { flow64, flow1514 } from "./flow.js";
import { halfOpen, stalledAddressed, stalledFlooded, strangers } from "./hostile.js";
import { broadcast32, random32, random256 } from "./many.js";
import { memory } from "./memory.js";
import { roundTrip } from "./roundtrip.js";
import { startUp } from "./startup.js";
import { tapTcp } from "./tap.js";

export const CASES: readonly Case[] = [
  flow64,
  flow1514,
  random32,
  random256,
  broadcast32,
  roundTrip,
  tapTcp,
  strangers,
  stalledAddressed,
  stalledFlooded,
  halfOpen,
  memory,
  plug64,
  plug1514,
  dpipe64,
  dpipe1514,
  trunk,
  burst,
  plug2tap,
  startUp,
];
