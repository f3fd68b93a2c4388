// For whom the lines of a script run.

import { refuse } from "../errors.js";
import type { Caller } from "./command.js";

/** How many scripts may load each other. */
const DEPTH_MAX = 16;

/** Who runs a script, as long as its lines run: none of them ends the session. EMFILE where scripts load each other for ever. */
export function scriptCaller(by: Caller, path: string): Caller {
  if (by.scripts.includes(path)) refuse("EMFILE", `${path} loads itself`);
  if (by.scripts.length >= DEPTH_MAX) refuse("EMFILE", `scripts load scripts ${DEPTH_MAX} deep at most`);
  const { leave: _, ...others } = by;
  return { ...others, scripts: [...by.scripts, path] };
}
