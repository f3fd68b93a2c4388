// What waits of a connection is its guest's. Where a guest has come to hold too much, none of its connections is read any
// more, until it has less.

import type { Guests } from "../guests.js";
import type { Flow } from "./flow.js";
import type { Flows } from "./flows.js";

/** Counts what waits of a connection now. */
export function countHeld(flow: Flow, guests: Guests, flows: Flows): void {
  const { owner } = flow;
  const held = flow.state === "closed" ? 0 : flow.waiting;
  const isTurn = guests.hold(owner, held - flow.held);
  flow.held = held;
  if (!isTurn) return;
  for (const other of flows.list()) {
    const isMeant = other.owner === owner && other.state === "open";
    if (isMeant && (owner.isTight || other.sender.isRoomy)) other.pause(owner.isTight);
  }
}
