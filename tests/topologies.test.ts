// The scenarios in topologies/, each in a language of its own: see tree/topo.ts.

import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import { scenarios, Topology } from "./tree/topo.js";

const test = suite("topologies");
const folder = new URL("../../tests/topologies/", import.meta.url);

for (const file of readdirSync(folder).sort())
  for (const { name, lines } of scenarios(readFileSync(new URL(file, folder), "utf8")))
    test([file.replace(".topo", ""), name].filter(Boolean).join(": "), () => new Topology().run(lines));

test.run();
