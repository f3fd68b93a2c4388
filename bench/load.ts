// A load process: takes its order from the command line and its endpoints as inherited descriptors, says "ready", and
// runs for as long as each message from its parent says.

import { close } from "../host-node/native/libc.js";
import { NOTHING, type Order, type Role } from "./orders.js";
import { openControl } from "./plug.js";
import { receiver } from "./receive.js";
import { echo, pinger } from "./roundtrip.js";
import { sender } from "./send.js";

const FIRST_FD = 4; // after standard input, output and error, and Node's channel to the parent

function hold(dir: string, count: number): Role {
  const held = Array.from({ length: count }, () => openControl(dir));
  return () => {
    for (const fd of held.splice(0)) close(fd);
    return { ...NOTHING, sent: count };
  };
}

function role(order: Order): Role {
  const fds = order.ports.map((_, i) => FIRST_FD + i);
  switch (order.role) {
    case "send":
      return sender(order, fds);
    case "receive":
      return receiver(order, fds);
    case "ping":
      return pinger(order, fds);
    case "echo":
      return echo(order, fds);
    case "hold":
      return hold(order.dir, order.count);
  }
}

const run = role(JSON.parse(process.argv[2]!) as Order);
process.on("message", (ms: number) => process.send!(run(ms)));
process.on("disconnect", () => process.exit());
process.send!("ready");
