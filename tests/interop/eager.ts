// A program of its own that waits for a file, then connects to a socket once, at once: as QEMU does, and scripts do.

import { existsSync } from "node:fs";
import { connectTo, SOCK_STREAM, sockaddrUn, unixSocket } from "../../host-node/native/socket.js";

const [, , watched = "", path = ""] = process.argv;
const address = sockaddrUn(path);
const fd = unixSocket(SOCK_STREAM);
const still = new Int32Array(new SharedArrayBuffer(4));
console.log("waits");
while (!existsSync(watched)) Atomics.wait(still, 0, 0, 0.05);
connectTo(fd, address, path);
console.log("connected");
