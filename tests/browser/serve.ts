// A static server for pages under test, as plain as servers are. With `isolated`, its pages may share memory.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** What lets a page share memory with its workers. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Folders by the path that they are served under, and texts by theirs. */
export interface SiteOptions {
  readonly isolated?: boolean;
  readonly folders: Readonly<Record<string, URL>>;
  readonly texts?: Readonly<Record<string, string>>;
}

export async function serveSite(options: SiteOptions): Promise<Site> {
  const headers = options.isolated ? ISOLATION : {};
  const server = createServer(async ({ url = "/" }, response) => {
    const path = decodeURIComponent(new URL(url, "http://site").pathname);
    const body = await find(path, options);
    const type = TYPES[extname(path) || ".html"] ?? "application/octet-stream";
    response.writeHead(body === undefined ? 404 : 200, {
      ...headers,
      "content-type": type,
      "cache-control": "no-store",
    });
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closed(server) };
}

async function find(path: string, { folders, texts = {} }: SiteOptions): Promise<string | Buffer | undefined> {
  if (texts[path] !== undefined) return texts[path];
  const prefix = Object.keys(folders).find((start) => path.startsWith(start));
  if (prefix === undefined) return undefined;
  const file = normalize(join("/", path.slice(prefix.length)));
  return readFile(join(fileURLToPath(folders[prefix]!), file)).catch(() => undefined);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
