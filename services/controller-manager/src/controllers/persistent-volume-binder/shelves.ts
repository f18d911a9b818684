import { firstIndex } from '@t8s/async';

/** Things in the order of their size, on shelves by what they are like and by the access modes they name. */
export interface Place {
  likeness: string;
  modes: readonly string[];
  size: bigint;
}

interface Shelf<T> {
  modes: readonly string[];
  /** By size, then by key. */
  things: { key: string; size: bigint; thing: T }[];
}

/** A look-up costs the logarithm of what there is, and one look for each thing that is taken out of it. */
export class Shelves<T> {
  /** Those with the fewest modes first. */
  readonly #shelves = new Map<string, Shelf<T>[]>();
  readonly #places = new Map<string, Place>();

  put(key: string, place: Place, thing: T): void {
    this.remove(key);
    this.#places.set(key, place);
    const { things } = this.#shelfOf(place);
    things.splice(indexOf(things, place.size, key), 0, { key, size: place.size, thing });
  }

  remove(key: string): void {
    const place = this.#places.get(key);
    if (!place) return;
    this.#places.delete(key);
    const { things } = this.#shelfOf(place);
    things.splice(indexOf(things, place.size, key), 1);
  }

  /** Those of at least the size, the smallest first, shelf by shelf. */
  *atLeast({ likeness, size }: Pick<Place, 'likeness' | 'size'>, accepts: (modes: readonly string[]) => boolean): Generator<T> {
    for (const { modes, things } of this.#shelves.get(likeness) ?? [])
      if (accepts(modes)) for (let i = indexOf(things, size, ''); i < things.length; i++) yield (things[i] as { thing: T }).thing;
  }

  /** Those of at most the size, the largest first, shelf by shelf. */
  *atMost({ likeness, size }: Pick<Place, 'likeness' | 'size'>, accepts: (modes: readonly string[]) => boolean): Generator<T> {
    for (const { modes, things } of this.#shelves.get(likeness) ?? [])
      if (accepts(modes)) for (let i = indexOf(things, size + 1n, '') - 1; i >= 0; i--) yield (things[i] as { thing: T }).thing;
  }

  #shelfOf({ likeness, modes }: Place): Shelf<T> {
    const shelves = this.#shelves.get(likeness) ?? [];
    this.#shelves.set(likeness, shelves);
    const sorted = [...modes].sort();
    const known = shelves.find((shelf) => shelf.modes.join() === sorted.join());
    if (known) return known;
    const shelf: Shelf<T> = { modes: sorted, things: [] };
    shelves.push(shelf);
    shelves.sort((a, b) => a.modes.length - b.modes.length);
    return shelf;
  }
}

/** Where it is, or belongs. */
const indexOf = (things: readonly { key: string; size: bigint }[], size: bigint, key: string): number =>
  firstIndex(things, (at) => at.size > size || (at.size === size && at.key >= key));
