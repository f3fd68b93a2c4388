// What is wrong with a gateway's command line as a whole, before it goes to the background.

import { SwitchError } from "../../host/errors.js";
import { type GatewayOptions, settle } from "../../host/slirp/options.js";
import { Policy } from "../../host/slirp/policy.js";
import { UsageError } from "../cli/options.js";
import { checkApi } from "./api.js";
import type { SlirpSettings } from "./slirp-options.js";

/** There is one switch, named once, and options that want each other are there. */
export function requireOne(settings: SlirpSettings, operands: readonly string[]): void {
  const { sock } = settings;
  checkApi(settings);
  if (operands.length > 1) throw new UsageError(`${operands[1]}: one switch is wanted (--help)`);
  if (operands.length === 1 && sock !== undefined) throw new UsageError(`${operands[0]}: --sock is given, too`);
}

/** Its addresses fit together, and its rules are about something. */
export function requireSettled(options: GatewayOptions): void {
  try {
    new Policy(settle(options));
  } catch (error) {
    throw error instanceof SwitchError ? new UsageError(error.detail) : error;
  }
}
