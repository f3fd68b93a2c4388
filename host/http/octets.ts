// Octets that wait to be read, as text or as they are.

export class Octets {
  #octets = new Uint8Array();

  get size(): number {
    return this.#octets.length;
  }

  push(octets: Uint8Array): void {
    if (this.size === 0) {
      this.#octets = new Uint8Array(octets);
      return;
    }
    const both = new Uint8Array(this.size + octets.length);
    both.set(this.#octets);
    both.set(octets, this.size);
    this.#octets = both;
  }

  /** Takes what is there, and no more than this. Undefined where nothing is. */
  take(most: number): Uint8Array | undefined {
    if (this.size === 0) return undefined;
    const taken = this.#octets.subarray(0, Math.min(most, this.size));
    this.#octets = this.#octets.subarray(taken.length);
    return taken;
  }

  /** Takes the text that a pattern matches, of the first so many octets. Undefined where it does not match. */
  through(pattern: RegExp, most: number): string | undefined {
    const [found] = pattern.exec(latin1(this.#octets.subarray(0, most))) ?? [];
    if (found === undefined) return undefined;
    this.#octets = this.#octets.subarray(found.length);
    return found;
  }

  clear(): void {
    this.#octets = new Uint8Array();
  }
}

/** An octet, a character. */
export function latin1(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 4_096) text += String.fromCharCode(...octets.subarray(at, at + 4_096));
  return text;
}

/** The other way round. */
export function fromLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 255);
}
