// The options of tools with gateways for programs that manage them: JSON over HTTP.

import type { Gateways } from "../../host/console/slirp.js";
import { type Options, UsageError, type Values } from "../cli/options.js";
import { Failure, type Run } from "../cli/tool.js";
import { path, type Value } from "../cli/values.js";
import { reason } from "../reason.js";
import type { ApiOptions } from "../servers/api/server.js";
import { tokensIn } from "./token-file.js";

const PORT = /^(?:\[?(127\.\d+\.\d+\.\d+|::1|localhost)\]?:)?(\d{1,5})$/;

/** "/run/gateway.sock", "8081", "[::1]:8081". */
const where: Value<ApiOptions["at"]> = {
  label: "PATH|[ADDR:]PORT",
  accepts: "where to serve is the path of a socket, with a slash in it, or a port of this machine's loopback, as 8081",
  read: (word) => {
    if (word.includes("/")) return { path: path.read(word)! };
    const [, host = "127.0.0.1", port = ""] = PORT.exec(word) ?? [];
    return port !== "" && Number(port) <= 0xffff ? { host, port: Number(port) } : undefined;
  },
};

export const API_OPTIONS = {
  api: {
    value: where,
    added: true,
    help: "serve JSON over HTTP for programs that manage gateways (docs/guides/gateway.md)",
  },
  "api-token-file": {
    value: path,
    added: true,
    help: "who may come in by --api: lines of `token TOKEN`; a port wants one, a socket has its permissions, too",
  },
} as const satisfies Options;

type Settings = Values<typeof API_OPTIONS>;

/** Throws a UsageError where one option wants another that is not there. */
export function checkApi({ api, "api-token-file": file }: Settings): void {
  if (api === undefined && file !== undefined) throw new UsageError("--api-token-file: --api is wanted with it");
  if (api !== undefined && "port" in api && file === undefined)
    throw new UsageError(
      "--api PORT: every user of this machine reaches it, so --api-token-file is wanted; a socket has permissions",
    );
}

/** Serves what is asked for. Returns how that ends. */
export async function startApi(settings: Settings, gateways: Gateways, run: Run): Promise<() => Promise<void>> {
  const { api: at, "api-token-file": file } = settings;
  if (at === undefined) return async () => {};
  const { serveApi } = await import("../servers/api/server.js");
  const tokens = tokensIn("api-token-file", file);
  try {
    const server = await serveApi({ gateways, at, tokens, log: (text) => run.log(text) });
    return () => server.close();
  } catch (error) {
    throw new Failure(`--api: ${reason(error)}`);
  }
}
