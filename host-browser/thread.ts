// A worker as it sees itself. The types of a page and of a worker cannot be had in one program.

interface WorkerThread {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

export const thread = globalThis as unknown as WorkerThread;
