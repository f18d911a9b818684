/** How large a value may be: characters of a text, elements of a list, entries of a map; 0 for all else, as upstream has it. */
export interface Extent {
  readonly max: number;
  /** Of a list, or the values of a map. */
  readonly items?: Extent;
  readonly keys?: Extent;
  /** Of an object. */
  readonly fields?: ReadonlyMap<string, Extent>;
}

export interface Size {
  min: number;
  max: number;
}

export const sizeOf = (n: number): Size => ({ min: n, max: n });
/** Of a value that nothing is known of. */
export const anySize: Size = { min: 0, max: Number.POSITIVE_INFINITY };
export const union = (a: Size, b: Size): Size => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });
export const plus = (a: Size, b: Size): Size => ({ min: a.min + b.min, max: a.max + b.max });
/** Nothing times anything is nothing, however large. */
export const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

/** What looking at each of so many characters costs. */
export const traversal = (characters: number, factor = 0.1): number => Math.ceil(times(characters, factor));
