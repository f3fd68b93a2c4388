// Gateways for programs: requests and answers in JSON, without the HTTP that carries them.
//
//    GET    /gateways
//    GET    /gateways/PORT/forwards  leases  flows  limits  guests  rules  drops
//    POST   /gateways/PORT/forwards          {"forward": "tcp:8080:10.0.2.15:80"}
//    DELETE /gateways/PORT/forwards/FORWARD
//    PATCH  /gateways/PORT/limits            {"guestflows": 100}

import type { Gateways, Plugged } from "../console/slirp.js";
import { type ErrorCode, SwitchError } from "../errors.js";
import type { Gateway } from "./gateway.js";
import { limitOf } from "./limits.js";
import { addForward, removeForward } from "./manage.js";
import { dropsOf, flowsOf, forwardsOf, guestsOf, limitsOf, rulesOf } from "./report.js";

export interface Answer {
  readonly status: number;
  /** What goes into JSON; nothing where there is nothing to say. */
  readonly body?: unknown;
}

type Value = Readonly<Record<string, unknown>>;

const STATUS: Partial<Record<ErrorCode, number>> = {
  EINVAL: 400,
  EACCES: 403,
  EPERM: 403,
  ENOENT: 404,
  EADDRINUSE: 409,
  EEXIST: 409,
  EMFILE: 409,
};
const VIEWS: ReadonlyMap<string, (gateway: Gateway) => unknown> = new Map(
  Object.entries({
    forwards: forwardsOf,
    leases: (gateway) => gateway.leases(),
    flows: flowsOf,
    limits: limitsOf,
    guests: guestsOf,
    rules: rulesOf,
    drops: dropsOf,
  }),
);

/** Answers a request. `path` is without its query; `body` is what came as JSON. */
export async function answer(gateways: Gateways, method: string, path: string, body: unknown): Promise<Answer> {
  try {
    const [root, port, view = "", name, ...more] = path.split("/").slice(1).map(decodeURIComponent);
    if (root !== "gateways" || more.length > 0) return NOWHERE;
    const all = gateways.find();
    if (port === undefined) return method === "GET" ? { status: 200, body: all.map(summary) } : NOT_HERE;
    const found = all.find((each) => String(each.port ?? 0) === port);
    const look = VIEWS.get(view);
    if (found === undefined || look === undefined) return NOWHERE;
    if (name !== undefined) return view === "forwards" ? remove(found.gateway, method, name) : NOWHERE;
    if (method === "GET") return { status: 200, body: look(found.gateway) };
    return await change(found.gateway, `${method} ${view}`, isValue(body) ? body : {});
  } catch (error) {
    return failure(error);
  }
}

const NOWHERE: Answer = { status: 404, body: { error: "there is no such gateway, or nothing of that name" } };
const NOT_HERE: Answer = { status: 405, body: { error: "not by this method" } };

function summary({ port = 0, gateway }: Plugged) {
  const { flows, sockets } = gateway.used();
  return { port, name: gateway.name, tcp: flows, udp: sockets, leases: gateway.leases().length };
}

function remove(gateway: Gateway, method: string, forward: string): Answer {
  if (method !== "DELETE") return NOT_HERE;
  removeForward(gateway, forward);
  return { status: 204 };
}

async function change(gateway: Gateway, what: string, body: Value): Promise<Answer> {
  if (what === "POST forwards") {
    const { forward } = body;
    if (typeof forward !== "string")
      return { status: 400, body: { error: 'a forward is wanted: {"forward": "tcp:8080:10.0.2.15:80"}' } };
    await addForward(gateway, forward);
    return { status: 201, body: forwardsOf(gateway) };
  }
  if (what !== "PATCH limits") return NOT_HERE;
  const limits = Object.entries(body).map(([name, number]) =>
    limitOf(name, typeof number === "number" ? String(number) : ""),
  );
  gateway.limit(Object.assign({}, ...limits)); // all of them, or none
  return { status: 200, body: limitsOf(gateway) };
}

function failure(error: unknown): Answer {
  if (error instanceof URIError) return NOWHERE;
  if (!(error instanceof SwitchError)) throw error;
  const { code, detail, message } = error;
  return { status: STATUS[code] ?? 500, body: { error: detail || message, code } };
}

function isValue(body: unknown): body is Value {
  return typeof body === "object" && body !== null && !Array.isArray(body);
}
