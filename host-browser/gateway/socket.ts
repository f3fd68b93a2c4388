// A WebSocket that can be told to wait, where the browser has one: of WebSocketStream messages are read one by one, and what is
// not read makes the server wait. Elsewhere it is a plain one.

import type { MessageSocket } from "../../host/websocket/link.js";

/** As much of https://websockets.spec.whatwg.org/#websocketstream as is used; the types of browsers do not have it yet. */
interface WebSocketStream {
  readonly opened: Promise<{
    readonly readable: ReadableStream<Uint8Array<ArrayBuffer> | ArrayBuffer | string>;
    readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;
    readonly protocol: string;
  }>;
  readonly closed: Promise<{ readonly closeCode?: number; readonly reason?: string }>;
  close(): void;
}

type Listeners = { [type: string]: ((event: never) => void)[] };

const ABNORMAL = 1006;

class PausableSocket implements MessageSocket {
  binaryType = "arraybuffer";
  protocol = "";
  bufferedAmount = 0;
  readonly #stream: WebSocketStream;
  readonly #listeners: Listeners = {};
  #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | undefined;
  #isPaused = false;
  #resumed: () => void = () => {};
  #isClosed = false;

  constructor(stream: WebSocketStream) {
    this.#stream = stream;
    void this.#run();
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    this.bufferedAmount += message.length;
    const sent = () => {
      this.bufferedAmount -= message.length;
    };
    this.#writer?.write(message).then(sent, sent);
  }

  close(): void {
    this.#isClosed = true;
    this.#stream.close();
    this.resume();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#resumed();
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners[type] = [...(this.#listeners[type] ?? []), listener];
  }

  #tell(type: string, event: object): void {
    for (const listener of this.#listeners[type] ?? []) listener(event as never);
  }

  async #run(): Promise<void> {
    const resume = () => this.resume(); // what came is read, and then the end is told of
    this.#stream.closed.then(resume, resume);
    try {
      const { readable, writable, protocol } = await this.#stream.opened;
      this.protocol = protocol;
      this.#writer = writable.getWriter();
      this.#writer.closed.catch(() => {});
      this.#tell("open", {});
      await this.#read(readable.getReader());
      const { closeCode = ABNORMAL, reason = "" } = await this.#stream.closed;
      this.#end(closeCode, reason);
    } catch {
      this.#end(ABNORMAL, "");
    }
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer> | ArrayBuffer | string>): Promise<void> {
    for (;;) {
      while (this.#isPaused)
        await new Promise<void>((resolve) => {
          this.#resumed = resolve;
        });
      const { done, value } = await reader.read();
      if (done) return;
      this.#tell("message", { data: value instanceof Uint8Array ? value.slice().buffer : value });
    }
  }

  #end(code: number, reason: string): void {
    this.#isClosed = true;
    this.#tell("close", { code, reason });
  }
}

/** Opens a WebSocket for what cannot say how much it takes. */
export function openSocket(url: string, protocols: readonly string[]): MessageSocket {
  const { WebSocketStream } = globalThis as {
    WebSocketStream?: new (url: string, options: { protocols: readonly string[] }) => WebSocketStream;
  };
  if (WebSocketStream === undefined) return new WebSocket(url, [...protocols]);
  return new PausableSocket(new WebSocketStream(url, { protocols }));
}
