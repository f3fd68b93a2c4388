// The four cables of the switch in this page: what the drawing, the table and the sliders are made from.

export type ThreadId = "a" | "tabs" | "node" | "b";

export interface Thread {
  readonly id: ThreadId;
  readonly port: number;
  readonly title: string;
}

/** By port, which is from left to right. */
export const THREADS: readonly Thread[] = [
  { id: "a", port: 1, title: "guest a" },
  { id: "tabs", port: 2, title: "other tabs" },
  { id: "node", port: 3, title: "switch on Node" },
  { id: "b", port: 4, title: "guest b" },
];
