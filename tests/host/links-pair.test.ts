// Two links back to back are links like any other.

import { linkPair } from "../../host/link.js";
import { linkSuite } from "../conformance/link.js";

linkSuite({ name: "pair", open: async () => linkPair() }).run();
