// The management console of a switch: its menus, and what it says of itself.

import type { Clock } from "../link.js";
import { Plugins } from "../plugins.js";
import type { Switch } from "../switch.js";
import type { System } from "../system.js";
import type { Caller } from "./command.js";
import { Interpreter } from "./interpreter.js";
import { debugMenu } from "./menus/debug.js";
import { dsMenu } from "./menus/ds.js";
import { fstpMenu } from "./menus/fstp.js";
import { generalMenu } from "./menus/general.js";
import { hashMenu } from "./menus/hash.js";
import { pluginMenu } from "./menus/plugin.js";
import { portMenu } from "./menus/port.js";
import { slirpMenu } from "./menus/slirp.js";
import { vlanMenu } from "./menus/vlan.js";
import { wireMenu } from "./menus/wire.js";
import { gatewaysIn } from "./slirp.js";

export interface ConsoleOptions {
  readonly switch: Switch;
  readonly system: System;
  readonly clock: Clock;
}

export class Console extends Interpreter {
  readonly switch: Switch;
  readonly system: System;
  readonly plugins: Plugins;
  readonly prompt = "\nvde$ ";
  readonly farewell = "9999 END OF SESSION";

  constructor({ switch: sw, system, clock }: ConsoleOptions) {
    super();
    this.switch = sw;
    this.system = system;
    this.plugins = new Plugins({ switch: sw, system, clock, commands: this.commands });
    this.commands.add(dsMenu, this);
    this.commands.add(generalMenu, this);
    this.commands.add(debugMenu, this);
    this.commands.add(pluginMenu, this);
    this.commands.add(hashMenu, this);
    this.commands.add(fstpMenu, this);
    this.commands.add(portMenu, this);
    this.commands.add(vlanMenu, this);
    this.commands.add(wireMenu, this);
    this.commands.add(
      slirpMenu,
      gatewaysIn(() => this.switch),
    );
  }

  /** Clients read the version between "V." and the end of the line. */
  get banner(): string {
    return [...bannerLines(this.system.version), ""].join("\n");
  }

  forget({ listener }: Caller): void {
    if (listener) this.switch.events.removeAll(listener);
  }

  protected log(text: string): void {
    this.system.log(text);
  }

  protected override settle(): void {
    this.switch.readEvents();
  }
}

/** The two lines that name this switch. Managers of VDE expect both. */
export function bannerLines(version: string): [string, string] {
  return [`VDE switch V.2.3.3-etherloom-${version}`, "(C) 2026 The Etherloom authors - MIT"];
}
