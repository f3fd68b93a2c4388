// A port of a switch on the command line of what is plugged in.

import { REQUEST_PORT_MAX } from "../../host/vde/request.js";
import { type Value, whole } from "../cli/values.js";

/** How many there are, the switch knows alone. */
export const switchPort: Value<number> = {
  ...whole("N", "a port", 1, REQUEST_PORT_MAX),
  accepts: "a port is 1 to as many as the switch has",
};
