// Where a guest's connection leads.

import { type Address, addressText } from "../address.js";
import type { Stream, StreamTarget } from "../backend.js";
import { QuestionStream } from "../questions.js";
import type { Stack } from "../stack.js";

const DNS_PORT = 53;

/** What is led elsewhere than where it seems to go: by address and port, as the guest has them. */
export type Redirects = ReadonlyMap<string, StreamTarget>;

/** Opens a stream, on behalf of a guest by its name. */
export type Way = (owner: string) => Stream;

/**
 * The way to where a guest's connection goes; undefined where it may not go there. At port 53 of the gateway's own addresses it
 * asks for names, and for nothing else that may be at that port of the host.
 */
export function wayTo(stack: Stack, redirects: Redirects, far: Address, port: number): Way | undefined {
  const { backend, policy } = stack;
  const redirect = redirects.get(`${addressText(far)} ${port}`);
  if (redirect !== undefined) return (owner) => backend.connect(redirect, owner);
  if (port === DNS_PORT && stack.isOwn(far)) {
    const resolver = backend.resolver();
    return resolver && ((owner) => new QuestionStream(backend.connect(resolver, owner)));
  }
  const target = policy.target(far, port);
  return target && ((owner) => backend.connect({ host: target.host, port }, owner));
}
