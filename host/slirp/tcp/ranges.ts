// Stretches of a stream, in order and apart: what the other end has said that it holds.

export class Ranges {
  /** Starts and ends, in turn. */
  #edges: number[] = [];

  /** Octets in all. */
  size = 0;

  get isEmpty(): boolean {
    return this.#edges.length === 0;
  }

  /** Where the last one ends. */
  get end(): number {
    return this.#edges.at(-1) ?? 0;
  }

  clear(): void {
    this.#edges = [];
    this.size = 0;
  }

  add(start: number, end: number): void {
    const edges: number[] = [];
    let [from, to] = [start, end];
    let isPlaced = false;
    for (let i = 0; i < this.#edges.length; i += 2) {
      const [left, right] = [this.#edges[i]!, this.#edges[i + 1]!];
      if (right < from) edges.push(left, right);
      else if (left > to) {
        if (!isPlaced) edges.push(from, to);
        isPlaced = true;
        edges.push(left, right);
      } else {
        from = Math.min(from, left);
        to = Math.max(to, right);
      }
    }
    if (!isPlaced) edges.push(from, to);
    this.#set(edges);
  }

  /** Forgets what is before a place. */
  dropBefore(place: number): void {
    if (this.#edges.length === 0 || this.#edges[0]! >= place) return;
    const edges: number[] = [];
    for (let i = 0; i < this.#edges.length; i += 2) {
      const right = this.#edges[i + 1]!;
      if (right > place) edges.push(Math.max(place, this.#edges[i]!), right);
    }
    this.#set(edges);
  }

  /** How much of a stretch is in none. */
  missing(start: number, end: number): number {
    let held = 0;
    for (let i = 0; i < this.#edges.length; i += 2)
      held += Math.max(0, Math.min(end, this.#edges[i + 1]!) - Math.max(start, this.#edges[i]!));
    return Math.max(0, end - start) - held;
  }

  /** The first place from here on that is in none. */
  gap(place: number): number {
    let at = place;
    for (let i = 0; i < this.#edges.length; i += 2) if (this.#edges[i]! <= at) at = Math.max(at, this.#edges[i + 1]!);
    return at;
  }

  /** Where the first one after a place begins, or Infinity. */
  next(place: number): number {
    for (let i = 0; i < this.#edges.length; i += 2) if (this.#edges[i]! > place) return this.#edges[i]!;
    return Number.POSITIVE_INFINITY;
  }

  #set(edges: number[]): void {
    this.#edges = edges;
    let size = 0;
    for (let i = 0; i < edges.length; i += 2) size += edges[i + 1]! - edges[i]!;
    this.size = size;
  }
}
