// Names by HTTPS (RFC 8484): a whole DNS message in the query of a URL, and another for an answer.

import type { GatewayBackend } from "../../host/slirp/backend.js";

const ANSWER_MAX = 65_535;
const ANSWER_MS = 10_000;

/** Asks a resolver at a URL, as https://dns.example/dns-query. */
export function dnsOverHttps(url: string): GatewayBackend["resolve"] {
  return (query, answered) =>
    void ask(url, query).then(
      (answer) => answered(answer),
      () => answered(undefined),
    );
}

async function ask(url: string, query: Uint8Array): Promise<Uint8Array | undefined> {
  const anonymous = query.slice();
  anonymous.fill(0, 0, 2); // equal questions are equal URLs, which caches know
  const asked = new URL(url);
  asked.searchParams.set("dns", base64url(anonymous));
  const response = await fetch(asked, {
    headers: { accept: "application/dns-message" },
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!response.ok || response.body === null) return undefined;
  const answer = await read(response.body);
  answer?.set(query.subarray(0, 2));
  return answer;
}

async function read(body: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  const octets = new Uint8Array(ANSWER_MAX);
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return octets.slice(0, size);
    if (size + value.length > ANSWER_MAX) {
      await reader.cancel();
      return undefined;
    }
    octets.set(value, size);
    size += value.length;
  }
}

function base64url(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
