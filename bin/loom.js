#!/usr/bin/env node
import { main } from "../dist/host-node/main.js";

await main(process.argv);
