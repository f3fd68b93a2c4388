// A guest's connection to port 80, answered by the page's `fetch`: each request is asked again by the browser, as far as it lets
// pages do that, and what comes of it goes to the guest piece by piece.

import { fromLatin1 } from "../../host/http/octets.js";
import { type Fault, type Head, RequestReader, valuesOf } from "../../host/http/request.js";
import { chunk, responseHead } from "../../host/http/response.js";
import { BaseStream } from "../../host/slirp/base-stream.js";
import { type Asking, type FetchPlan, UnfitRequest } from "./fetch-plan.js";

const IGNORE = () => {};
/** What a piece of a body takes beside its octets. */
const PIECE_COST = 256;
const END = new Uint8Array();
/** What is no request is answered as the simplest one, after which the connection ends. */
const OLD: Head = { method: "GET", target: "", isOld: true, headers: [] };
/** Responses that have none (RFC 9110). */
const BODILESS = new Set([204, 205, 304]);

/** What a browser does not say about why it failed. */
const advice = (url: string) =>
  `The page could not fetch ${url}.

A browser lets a page read only what the server allows by CORS (Access-Control-Allow-Origin), and a page of https:// nothing by
http://. Or the server cannot be reached at all: a page is not told which it was; the browser's console is. What reaches every
server is a gateway by Wisp, or one of a switch on Node.
`;

export class HttpStream extends BaseStream {
  readonly #plan: FetchPlan;
  /** Where the guest meant to go, if the request does not say. */
  readonly #host: string;
  readonly #reader = new RequestReader();
  readonly #abort = new AbortController();
  #head: Head | undefined;
  #body: Uint8Array[] = [];
  #bodySize = 0;
  #fault: Fault | undefined;
  #isPaused = false;
  #resumed: () => void = IGNORE;
  #isEnding = false;
  #isAnswering = false;
  #isOver = false;

  constructor(plan: FetchPlan, host: string) {
    super();
    this.#plan = plan;
    this.#host = host;
    const reader = this.#reader;
    reader.onhead = (head) => this.#begin(head);
    reader.onbody = (octets) => this.#keep(octets);
    reader.onend = () => void this.#answer();
    reader.onfault = (fault) => this.#refuse(OLD, fault);
    void Promise.resolve().then(() => this.#isOver || this.onconnect());
  }

  get queued(): number {
    return this.#reader.waiting;
  }

  write(octets: Uint8Array): void {
    if (!this.#isOver) this.#reader.push(octets);
  }

  end(): void {
    this.#isEnding = true;
    if (!this.#isAnswering) this.#finish(); // between two requests, or in the middle of one
  }

  destroy(): void {
    this.#isOver = true;
    this.#abort.abort();
    this.#drop();
    this.#resumed();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#resumed();
  }

  #begin(head: Head): void {
    this.#head = head;
    this.#fault = undefined;
    if (valuesOf(head, "expect").includes("100-continue")) this.#say(fromLatin1("HTTP/1.1 100 Continue\r\n\r\n"));
  }

  /** A browser wants bodies whole: there is no sending them piece by piece to servers of HTTP/1. */
  #keep(octets: Uint8Array): void {
    if (this.#fault !== undefined) return;
    const cost = octets.length + PIECE_COST;
    if (this.#plan.reserve(cost)) {
      this.#body.push(octets.slice());
      this.#bodySize += cost;
      return;
    }
    this.#drop();
    this.#fault = { status: 413, text: "The page has no room for so long a request." };
  }

  #drop(): void {
    this.#plan.reserve(-this.#bodySize);
    this.#body = [];
    this.#bodySize = 0;
  }

  async #answer(): Promise<void> {
    const head = this.#head!;
    this.#isAnswering = true;
    try {
      if (this.#fault !== undefined) throw new UnfitRequest(this.#fault);
      await this.#pass(head, this.#plan.ask(head, this.#host, this.#body));
    } catch (error) {
      this.#drop();
      if (error instanceof UnfitRequest) this.#refuse(head, error.fault);
      else this.#fail("ECONNRESET");
    }
    await this.#room(); // a guest that asks and does not read gathers no answers
    this.#isAnswering = false;
    if (this.#isOver) return;
    this.#reader.next();
    this.ondrain();
    if (this.#isEnding && !this.#isAnswering) this.#finish();
  }

  async #pass(head: Head, { url, init }: Asking): Promise<void> {
    let response: Response;
    try {
      response = await fetch(url, { ...init, signal: this.#abort.signal });
    } catch {
      throw new UnfitRequest({ status: 502, text: advice(url) });
    } finally {
      this.#drop(); // until then the browser has it
    }
    const hasBody = head.method !== "HEAD" && !BODILESS.has(response.status);
    const headers = [...response.headers];
    if (response.redirected) {
      await this.#judge(response, url);
      headers.push(["content-location", response.url]);
    }
    this.#open(head, { status: response.status, reason: response.statusText, headers, hasBody });
    if (!hasBody) await response.body?.cancel();
    else if (response.body !== null) await this.#pour(head, response.body);
    this.#close(head, hasBody);
  }

  async #judge(response: Response, from: string): Promise<void> {
    try {
      this.#plan.judge(response.url, from);
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
  }

  async #pour(head: Head, body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const reader = body.getReader();
    for (;;) {
      await this.#room();
      const { done, value } = await reader.read();
      if (done || this.#isOver) break;
      if (value.length > 0) this.#say(head.isOld ? value : chunk(value));
    }
    if (this.#isOver) await reader.cancel().catch(IGNORE);
  }

  /** The guest takes more: until then the browser is left with what it has, and waits for its turn. */
  async #room(): Promise<void> {
    while (this.#isPaused && !this.#isOver)
      await new Promise<void>((resolve) => {
        this.#resumed = resolve;
      });
  }

  #refuse(head: Head, { status, text }: Fault): void {
    const headers = [["content-type", "text/plain; charset=utf-8"]] as const;
    const hasBody = head.method !== "HEAD";
    this.#open(head, { status, reason: "", headers, hasBody });
    const octets = fromLatin1(text.endsWith("\n") ? text : `${text}\n`);
    if (hasBody) this.#say(head.isOld ? octets : chunk(octets));
    this.#close(head, hasBody);
  }

  #open(head: Head, response: Omit<Parameters<typeof responseHead>[0], "isChunked" | "isLast">): void {
    this.#say(responseHead({ ...response, isChunked: !head.isOld, isLast: isLast(head) }));
  }

  #close(head: Head, hasBody: boolean): void {
    if (hasBody && !head.isOld) this.#say(chunk(END));
    if (isLast(head)) this.#finish();
  }

  #say(octets: Uint8Array): void {
    if (!this.#isOver) this.ondata(octets);
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#drop();
    this.onend();
  }

  #fail(code: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onerror(code);
  }
}

function isLast(head: Head): boolean {
  return head.isOld || valuesOf(head, "connection").includes("close");
}
