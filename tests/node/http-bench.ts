// A guest's connection to port 80 of a page's gateway, on Node, and a world of one server.

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import * as assert from "uvu/assert";
import { parsePrefix } from "../../host/slirp/address.js";
import { settle } from "../../host/slirp/options.js";
import { Policy } from "../../host/slirp/policy.js";
import { FetchPlan } from "../../host-browser/gateway/fetch-plan.js";
import { HttpStream } from "../../host-browser/gateway/http-stream.js";
import type { Lab } from "../interop/lab.js";
import { Heard } from "./wisp-client.js";

export interface Bench {
  /** A connection to port 80. */
  readonly open: () => Heard & { say(text: string): void; text(): string };
  readonly asked: string[];
  /** Of the server. */
  readonly port: number;
}

/** A world of one server, which every name leads to. */
export async function bench(lab: Lab, listener: RequestListener): Promise<Bench> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  lab.later(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const asked: string[] = [];
  const via = (url: string) => {
    asked.push(url);
    return url.replace(/^https?:\/\/[^/]*/, `http://127.0.0.1:${port}`);
  };
  const policy = new Policy(settle({ hosts: [parsePrefix("10.0.2.2/24")], hostLoopback: false }));
  const plan = new FetchPlan(policy, { via }, false);
  const open = () => {
    const heard = new Heard(new HttpStream(plan, "meant.example"));
    lab.later(() => heard.stream.destroy());
    return Object.assign(heard, {
      say: (text: string) => heard.stream.write(Buffer.from(text, "latin1")),
      text: () => heard.data.toString("latin1"),
    });
  };
  return { open, asked, port };
}

/** The body of a response in chunks. */
export function unchunked(text: string): string {
  const [, body = ""] = /\r\n\r\n([\s\S]*)$/.exec(text) ?? [];
  let rest = body;
  let whole = "";
  for (;;) {
    const [line = "", digits = ""] = /^([\da-f]+)\r\n/.exec(rest) ?? [];
    const size = Number.parseInt(digits, 16);
    assert.ok(size >= 0, `a chunk begins with ${JSON.stringify(rest.slice(0, 20))}`);
    whole += rest.slice(line.length, line.length + size);
    rest = rest.slice(line.length + size + 2);
    if (size === 0) return whole;
  }
}
