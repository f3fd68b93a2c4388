// The world outside of a gateway, as far as `fetch` reaches: HTTP, and names. All else is refused.

import { refuse } from "../../host/errors.js";
import type { Datagrams, GatewayBackend, Listener, Stream, StreamTarget } from "../../host/slirp/backend.js";
import { StandIns } from "../../host/slirp/stand-ins.js";
import { random } from "../system.js";
import type { FetchPlan } from "./fetch-plan.js";
import { HttpStream } from "./http-stream.js";

const HTTP = 80;
const IGNORE = () => {};

/** A connection that nobody takes. */
class Refused implements Stream {
  readonly queued = 0;
  onconnect = IGNORE;
  ondata = IGNORE;
  onend = IGNORE;
  onerror: Stream["onerror"] = IGNORE;
  ondrain = IGNORE;

  constructor() {
    void Promise.resolve().then(() => this.onerror("ECONNREFUSED"));
  }

  write(): void {}
  end(): void {}
  destroy(): void {}
  pause(): void {}
  resume(): void {}
}

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
    if (!("host" in to) || to.port !== HTTP) return new Refused();
    const host = this.#standIns.hostOf(to.host);
    return host === undefined ? new Refused() : new HttpStream(this.#plan, host.includes(":") ? `[${host}]` : host);
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
