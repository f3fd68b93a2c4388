// The management console of a gateway that is a program of its own: the grammar of the switch's, with its menu slirp.

import type { Gateway } from "../slirp/gateway.js";
import type { System } from "../system.js";
import { Interpreter } from "./interpreter.js";
import { gatewayMenu } from "./menus/gateway.js";
import { slirpMenu } from "./menus/slirp.js";
import { oneGateway } from "./slirp.js";

export interface GatewayConsoleOptions {
  readonly gateway: Gateway;
  readonly system: Pick<System, "version" | "log" | "shutdown">;
}

export class GatewayConsole extends Interpreter {
  readonly system: GatewayConsoleOptions["system"];
  readonly prompt = "\nVDEslirp$ ";
  readonly farewell = "9999 END OF SESSION";

  constructor({ gateway, system }: GatewayConsoleOptions) {
    super();
    this.system = system;
    this.commands.add(gatewayMenu, this);
    this.commands.add(slirpMenu, oneGateway(gateway));
  }

  get banner(): string {
    return `\nVDE slirpvde V.2.3.3-etherloom-${this.system.version}\n(C) 2026 The Etherloom authors - MIT\n`;
  }

  forget(): void {} // there are no events

  protected log(text: string): void {
    this.system.log(text);
  }
}
