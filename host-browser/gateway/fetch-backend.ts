// The world outside of a gateway, as far as `fetch` reaches: HTTP, and names. All else is refused.

import { refuse } from "../../host/errors.js";
import type { Datagrams, GatewayBackend, Listener, Stream, StreamTarget } from "../../host/slirp/backend.js";
import { RefusedStream } from "../../host/slirp/refused-stream.js";
import { StandIns } from "../../host/slirp/stand-ins.js";
import { random } from "../system.js";
import type { FetchPlan } from "./fetch-plan.js";
import { HttpStream } from "./http-stream.js";

const HTTP = 80;
const IGNORE = () => {};

export class FetchBackend implements GatewayBackend {
  readonly random = random;
  readonly hasDatagrams = false;
  readonly resolve: GatewayBackend["resolve"];
  readonly #plan: FetchPlan;
  readonly #standIns = new StandIns();

  constructor(plan: FetchPlan, dns: GatewayBackend["resolve"] | undefined) {
    this.#plan = plan;
    this.resolve = dns ?? ((query, answered) => answered(this.#standIns.answer(query)));
  }

  connect(to: StreamTarget): Stream {
    if (!("host" in to) || to.port !== HTTP) return new RefusedStream("ECONNREFUSED");
    const host = this.#standIns.hostOf(to.host);
    return host === undefined
      ? new RefusedStream("ECONNREFUSED")
      : new HttpStream(this.#plan, host.includes(":") ? `[${host}]` : host);
  }

  datagrams(): Datagrams {
    return { send: IGNORE, close: IGNORE };
  }

  async listen(): Promise<Listener> {
    return refuse("ENOSYS", "nobody outside can connect to a page");
  }

  async listenDatagrams(): Promise<Datagrams> {
    return refuse("ENOSYS", "nobody outside can send to a page");
  }

  resolver(): undefined {}
}
