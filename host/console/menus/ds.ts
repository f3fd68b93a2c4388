// Where plugs connect.

import type { System } from "../../system.js";
import { listing, type Menu } from "../command.js";
import { permissions } from "../text.js";

export const dsMenu: Menu<{ readonly system: Pick<System, "control"> }> = {
  name: "ds",
  title: "DATA SOCKET MENU",
  commands: [
    listing("ds/showinfo", [], "show ds info", function* ({ system: { control } }) {
      yield `ctl dir ${control?.dir ?? "NONE"}`;
      if (control !== undefined) yield `std mode ${permissions(control.mode)}`;
    }),
  ],
};
