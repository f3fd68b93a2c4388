// What came from outside and has not arrived at the guest: octets by their place in the stream, in the pieces that they
// came in.

interface Chunk {
  readonly at: number;
  readonly octets: Uint8Array;
}

export class SendBuffer {
  /** Where the next octet will be. */
  end = 0;
  #chunks: Chunk[] = [];
  #first = 0;
  /** Where the last one was found. */
  #hint = 0;

  /** How many pieces wait: small ones cost more than they hold. */
  get count(): number {
    return this.#chunks.length - this.#first;
  }

  push(octets: Uint8Array): void {
    this.#chunks.push({ at: this.end, octets });
    this.end += octets.length;
  }

  /** Forgets what is before a place. */
  dropBefore(place: number): void {
    const chunks = this.#chunks;
    while (this.#first < chunks.length && endOf(chunks[this.#first]!) <= place) this.#first++;
    if (this.#first < 64 && this.#first < chunks.length) return;
    this.#hint = Math.max(0, this.#hint - this.#first);
    this.#chunks = chunks.slice(this.#first);
    this.#first = 0;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
  }

  /** Copies so many octets from a place on, all of which are there. */
  copy(place: number, size: number, into: Uint8Array, at: number): void {
    let i = this.#find(place);
    for (let done = 0; done < size; i++) {
      const { at: start, octets } = this.#chunks[i]!;
      const from = place + done - start;
      const part = Math.min(size - done, octets.length - from);
      into.set(from === 0 && part === octets.length ? octets : octets.subarray(from, from + part), at + done);
      done += part;
    }
  }

  #find(place: number): number {
    const chunks = this.#chunks;
    let i = this.#hint;
    if (i < this.#first || i >= chunks.length || chunks[i]!.at > place) i = this.#first;
    while (endOf(chunks[i]!) <= place) i++;
    this.#hint = i;
    return i;
  }
}

function endOf({ at, octets }: Chunk): number {
  return at + octets.length;
}
