// A question to a resolver by the datagrams of a backend, asked again where no answer comes.

import type { Clock } from "../link.js";
import type { Datagrams, GatewayBackend } from "./backend.js";

const TRY_MS = 2_500;
const TRIES_MAX = 3;

export interface Resolver {
  readonly host: string;
  readonly port: number;
}

/** Says once what was answered; undefined where nothing was. */
export function ask(
  { backend, clock, resolver }: { backend: Pick<GatewayBackend, "datagrams">; clock: Clock; resolver: Resolver },
  query: Uint8Array,
  answered: (answer: Uint8Array | undefined) => void,
): void {
  let tries = 0;
  let callOff = () => {};
  const done = (answer: Uint8Array | undefined) => {
    callOff();
    socket.close();
    answered(answer);
  };
  const socket: Datagrams = backend.datagrams(resolver.host.includes(":") ? 6 : 4, (octets) => {
    if (octets.length >= 12 && octets[0] === query[0] && octets[1] === query[1]) done(octets);
  });
  const attempt = () => {
    if (tries++ === TRIES_MAX) return done(undefined);
    callOff = clock.after(TRY_MS, attempt);
    socket.send(query, resolver.host, resolver.port);
  };
  attempt();
}
