// What managers change of a gateway that runs. Whatever the host says against it, they hear in words, with an errno.

import { ERRORS, type ErrorCode, refuse, SwitchError } from "../errors.js";
import { parseForward } from "./forward.js";
import type { Gateway } from "./gateway.js";
import { limitOf } from "./limits.js";

/** Opens a way in. A command is for who starts the gateway alone. */
export async function addForward(gateway: Gateway, text: string): Promise<void> {
  const forward = parseForward(text.trim());
  try {
    await gateway.forwards.add(forward);
  } catch (error) {
    const { code = "", message } = error as Error & { code?: string };
    if (error instanceof SwitchError || !(code in ERRORS)) throw error;
    refuse(code as ErrorCode, message);
  }
}

export function removeForward(gateway: Gateway, text: string): void {
  gateway.forwards.remove(text.trim());
}

/** Sets a limit by NAME NUMBER. */
export function setLimit(gateway: Gateway, text: string): void {
  const [name = "", number = "", more] = text.trim().split(/\s+/);
  if (more !== undefined) refuse("EINVAL", `${text}: a limit is NAME NUMBER`);
  gateway.limit(limitOf(name, number));
}
