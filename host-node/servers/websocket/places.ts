// How many clients there are, in all and of each site: those to the switch together, and those to each handler.

/** Where connections of a site are counted. */
export function placeOf(site: string, handler = ""): string {
  return `${site}${handler}`;
}

export class Places {
  readonly #counts = new Map<string, number>();
  /** Clients of all kinds: of the switch, of Wisp, of a meeting place. */
  all = 0;

  at(place: string): number {
    return this.#counts.get(place) ?? 0;
  }

  enter(place: string): void {
    this.all++;
    this.#counts.set(place, this.at(place) + 1);
  }

  leave(place: string): void {
    this.all--;
    const left = this.at(place) - 1;
    if (left > 0) this.#counts.set(place, left);
    else this.#counts.delete(place);
  }
}
