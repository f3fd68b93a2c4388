// "[user@]host[:port]", as ssh and VDE have it.

export interface Remote {
  /** What ssh is told: "user@host". */
  readonly login: string;
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * undefined for what is no such thing. Nothing that begins with a dash, which ssh would take for an option, and none of what a
 * shell reads, which a ProxyCommand would hand to one: what releases of ssh since 9.6 refuse.
 */
export function readRemote(text: string): Remote | undefined {
  const [, user, bracketed, plain, port] =
    /^(?:([^@:\s'"`;&<>|(){}]+)@)?(?:\[([0-9a-f:.%\w]+)\]|([^@:[\]\s'"`;&<>|(){}$\\]+))(?::(\d+))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? undefined : Number(port);
  if (host === undefined || host.startsWith("-") || user?.startsWith("-")) return undefined;
  if (number !== undefined && (number < 1 || number > 0xffff)) return undefined;
  return { login: user === undefined ? host : `${user}@${host}`, host, port: number };
}
