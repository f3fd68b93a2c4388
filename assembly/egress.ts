// Out by a port: a frame goes once to every endpoint that is plugged in.

import * as abi from "./abi";
import * as capture from "./capture";
import { config, port as portAt } from "./layout";
import * as merge from "./merge";
import * as offload from "./offload";
import { drop } from "./port";
import * as queue from "./queue";
import * as slots from "./slot";
import * as vector from "./vector";

/** Queues a frame for every endpoint of a port. */
export function emit(slot: u32, to: u32, tagged: bool): void {
  const head = slots.head(slot);
  if (!tagged && head.innerTag != 0) return drop(to, abi.DROP_INNER_TAG);
  const p = portAt(to);
  p.txFrames += 1;
  p.txOctets += vector.sizeOf(head, tagged);
  if (config().capture != 0) capture.keep(slot, to, true, tagged);
  for (let id: u32 = p.endpoint; id != 0; id = queue.endpoint(id).next) {
    const hasHeads = queue.hasHeads(queue.endpoint(id).kind);
    const isWhole = head.offload == abi.OFFLOAD_NONE;
    if (hasHeads && isWhole && !tagged && merge.join(id, slot)) continue;
    const isPlain = isWhole || hasHeads;
    const reason = isPlain ? queue.put(id, slot, tagged) : offload.put(id, slot, tagged);
    if (reason == abi.DROP_NONE) continue;
    queue.endpoint(id).dropped += 1;
    drop(to, reason);
  }
}
