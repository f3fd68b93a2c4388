// A static server for pages: the demo's, and those under test. With `isolated`, they may share memory with their workers.

import { readFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** What lets a page share memory with its workers. */
export const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

export interface SiteOptions {
  readonly isolated?: boolean;
  /** Folders and files by the path that they are served under. A folder's URL ends with a slash. */
  readonly files: Readonly<Record<string, URL>>;
  /** Texts by their path. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Any free port of this machine alone, where nothing is given. */
  readonly host?: string;
  readonly port?: number;
}

export interface Site {
  readonly url: string;
  /** For WebSockets beside the pages. */
  readonly server: Server;
  close(): Promise<void>;
}

export async function serveSite(options: SiteOptions): Promise<Site> {
  const server = createServer(({ url = "/" }, response) => void answer(url, response, options));
  const { host = "127.0.0.1", port = 0 } = options;
  await new Promise<void>((done, failed) => server.once("error", failed).listen(port, host, done));
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://${host}:${bound}`, server, close: () => closed(server) };
}

async function answer(url: string, response: ServerResponse, options: SiteOptions): Promise<void> {
  const body = await find(url, options);
  response.writeHead(body === undefined ? 404 : 200, {
    ...(options.isolated ? ISOLATION : {}),
    ...body?.headers,
    "cache-control": "no-store",
  });
  response.end(body?.octets);
}

interface Body {
  readonly octets: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

async function find(url: string, { files, texts = {} }: SiteOptions): Promise<Body | undefined> {
  const path = pathOf(url);
  if (path === undefined) return undefined;
  const type = { "content-type": TYPES[extname(path) || ".html"] ?? "application/octet-stream" };
  if (texts[path] !== undefined) return { octets: texts[path], headers: type };
  const isFolder = (at: string) => files[at]?.pathname.endsWith("/");
  const found = Object.keys(files).find((at) => path === at || (isFolder(at) && path.startsWith(at)));
  if (found === undefined) return undefined;
  const rest = isFolder(found) ? normalize(join("/", path.slice(found.length))) : "";
  const file = fileURLToPath(files[found]!) + rest;
  const packed = file.endsWith(".gz") ? { "content-encoding": "gzip" } : {};
  return readFile(file).then(
    (octets) => ({ octets, headers: { ...type, ...packed } }),
    () => undefined,
  );
}

/** undefined for what is no path. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, "http://site").pathname);
  } catch {
    return undefined;
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
