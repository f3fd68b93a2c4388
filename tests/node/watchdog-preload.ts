// Is loaded before a switch: at SIGUSR2 it makes the first endpoint its own next one, so that the core goes round in circles with
// the next frame for it, as a fault would have it.

import * as abi from "../../assembly/abi.js";
import { Core } from "../../host/core.js";

const { setU64 } = Core.prototype;

Core.prototype.setU64 = function (this: Core, address, value) {
  setU64.call(this, address, value);
  if (address !== abi.CONFIG + abi.CONFIG_BASE) return;
  process.on("SIGUSR2", () => {
    this.setU16(abi.ENDPOINTS + abi.ENDPOINT_SIZE + abi.ENDPOINT_NEXT, 1);
    process.stdout.write("broken\n");
  });
};
