// A guest's X11 display for programs out here: the first number that no other display has.

import { refuse } from "../../host/errors.js";
import type { Address } from "../../host/slirp/address.js";
import { DISPLAY_COUNT, DISPLAY_PORT } from "../../host/slirp/forward.js";
import type { Gateway } from "../../host/slirp/gateway.js";

export interface Display {
  readonly guest: Address;
  readonly guestPort: number;
}

/** Returns the number of the display that programs here may use. */
export async function openDisplay(gateway: Gateway, { guest, guestPort }: Display): Promise<number> {
  for (let number = 0; number < DISPLAY_COUNT; number++) {
    try {
      await gateway.forwards.add({ kind: "tcp", host: undefined, port: DISPLAY_PORT + number, guest, guestPort });
      return number;
    } catch (error) {
      if (!["EADDRINUSE", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
  return refuse("EADDRINUSE", `displays 0 to ${DISPLAY_COUNT - 1} of this machine are all taken`);
}
