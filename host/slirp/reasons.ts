// Why a packet went nowhere, as ICMP (RFC 792, 1812) and ICMPv6 (RFC 4443) say it.

/** Type and code in either family. */
export const REASONS = {
  network: { v4: [3, 0], v6: [1, 0] },
  host: { v4: [3, 1], v6: [1, 3] },
  protocol: { v4: [3, 2], v6: [4, 1] },
  port: { v4: [3, 3], v6: [1, 4] },
  forbidden: { v4: [3, 13], v6: [1, 1] },
  scope: { v4: [3, 13], v6: [1, 2] },
  option: { v4: [3, 2], v6: [4, 2] },
  hops: { v4: [11, 0], v6: [3, 0] },
  size: { v4: [3, 4], v6: [2, 0] },
} as const;

export type Reason = keyof typeof REASONS;

/** What an errno of the host means to a guest; everything else is a refusal. */
const BY_CODE: Readonly<Record<string, Reason>> = {
  EHOSTUNREACH: "host",
  EHOSTDOWN: "host",
  ETIMEDOUT: "host",
  ENETUNREACH: "network",
  EACCES: "forbidden",
  EPERM: "forbidden",
};

export function reasonOf(code: string): Reason | undefined {
  return BY_CODE[code];
}
