// HTTP requests as they come on a connection (RFC 9112): heads, and bodies by their length or in chunks. One after the other;
// what follows waits until the one before it is answered.

import { Octets } from "./octets.js";

export interface Head {
  readonly method: string;
  readonly target: string;
  /** Of version 1.0. */
  readonly isOld: boolean;
  /** Names in small letters. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Why a request is not one: the status to answer, and what to say. */
export interface Fault {
  readonly status: number;
  readonly text: string;
}

const HEAD_MAX = 32_768;
const LINE_MAX = 256;
const TOKEN = /^[!#$%&'*+.^_`|~\da-z-]+$/i;

type Next = "head" | "length" | "size" | "chunk" | "chunk end" | "trailer" | "answer" | "fault";

export class RequestReader {
  onhead: (head: Head) => void = () => {};
  onbody: (octets: Uint8Array) => void = () => {};
  /** The request is whole. Nothing more is read before `next`. */
  onend: () => void = () => {};
  /** Nothing more is read at all. */
  onfault: (fault: Fault) => void = () => {};
  readonly #octets = new Octets();
  #next: Next = "head";
  /** Octets of the body, or of the chunk, that have not come. */
  #left = 0;

  /** Octets that came and are not read. */
  get waiting(): number {
    return this.#octets.size;
  }

  /** Whether it is between two requests. */
  get isIdle(): boolean {
    return this.#next === "head" && this.#octets.size === 0;
  }

  push(octets: Uint8Array): void {
    if (this.#next === "fault") return;
    this.#octets.push(octets);
    this.#run();
  }

  /** The request was answered: on with the next. */
  next(): void {
    if (this.#next !== "answer") return;
    this.#next = "head";
    this.#run();
  }

  #run(): void {
    while (this.#step());
  }

  /** False where more has to come. */
  #step(): boolean {
    switch (this.#next) {
      case "head":
        return this.#readHead();
      case "length":
      case "chunk":
        return this.#readBody();
      case "chunk end":
        return this.#readChunkEnd();
      case "size":
        return this.#readSize();
      case "trailer":
        return this.#readTrailer();
      default:
        return false;
    }
  }

  #fault(status: number, text: string): false {
    this.#next = "fault";
    this.#octets.clear();
    this.onfault({ status, text });
    return false;
  }

  #readHead(): boolean {
    const text = this.#octets.through(/^(?:\r?\n)*\S.*?\r?\n\r?\n/s, HEAD_MAX);
    if (text === undefined)
      return this.#octets.size > HEAD_MAX && this.#fault(431, "The head of the request is too long.");
    const [first = "", ...lines] = text.trim().split(/\r?\n/);
    const [, method, target, minor] = /^(\S+) (\S+) HTTP\/1\.([01])$/.exec(first) ?? [];
    if (method === undefined || target === undefined || !TOKEN.test(method))
      return this.#fault(400, "This is no request of HTTP/1.");
    const headers: [string, string][] = [];
    for (const line of lines) {
      const [, name, value = ""] = /^([^:\s]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
      if (name === undefined || !TOKEN.test(name) || /[\0\r]/.test(value))
        return this.#fault(400, "A header of the request is none.");
      headers.push([name.toLowerCase(), value]);
    }
    return this.#begin({ method, target, isOld: minor === "0", headers });
  }

  #begin(head: Head): boolean {
    const lengths = new Set(valuesOf(head, "content-length"));
    const [length = "0"] = lengths;
    const codings = valuesOf(head, "transfer-encoding");
    if (lengths.size > 1 || !/^\d{1,15}$/.test(length) || (codings.length > 0 && lengths.size > 0))
      return this.#fault(400, "The length of the request is not clear.");
    if (codings.length > 0 && codings.join() !== "chunked")
      return this.#fault(501, `There is no transfer coding ${codings.join(", ")} here.`);
    this.#left = Number(length);
    this.#next = codings.length > 0 ? "size" : "length";
    this.onhead(head);
    return true;
  }

  #readBody(): boolean {
    if (this.#left > 0) {
      const octets = this.#octets.take(this.#left);
      if (octets === undefined) return false;
      this.#left -= octets.length;
      this.onbody(octets);
      if (this.#left > 0) return true;
    }
    if (this.#next === "chunk") this.#next = "chunk end";
    else this.#end();
    return true;
  }

  #readChunkEnd(): boolean {
    if (this.#octets.through(/^\r?\n/, 2) === undefined)
      return this.#octets.size >= 2 && this.#fault(400, "A chunk is longer than it says.");
    this.#next = "size";
    return true;
  }

  #readSize(): boolean {
    const line = this.#octets.through(/^[^\n]*\n/, LINE_MAX);
    if (line === undefined) return this.#octets.size > LINE_MAX && this.#fault(400, "A chunk has no size.");
    const [, digits] = /^\s*([\da-f]{1,12})[ \t]*(?:;.*)?\r?\n$/i.exec(line) ?? [];
    if (digits === undefined) return this.#fault(400, "A chunk has no size.");
    this.#left = Number.parseInt(digits, 16);
    this.#next = this.#left === 0 ? "trailer" : "chunk";
    return true;
  }

  #readTrailer(): boolean {
    const line = this.#octets.through(/^[^\n]*\n/, HEAD_MAX);
    if (line === undefined) return this.#octets.size > HEAD_MAX && this.#fault(431, "The trailer is too long.");
    if (line.trim() === "") this.#end();
    return true;
  }

  #end(): void {
    this.#next = "answer";
    this.onend();
  }
}

/** The values of a header, which may be a list. */
export function valuesOf({ headers }: Pick<Head, "headers">, name: string): string[] {
  return headers
    .filter(([each]) => each === name)
    .flatMap(([, value]) => value.split(","))
    .map((value) => value.trim().toLowerCase())
    .filter((value) => value !== "");
}
