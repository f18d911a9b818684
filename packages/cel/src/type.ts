/**
 * The type of a variable. Names are CEL's: `dyn`, `bool`, `int`, `uint`, `double`, `string`, `bytes`, `timestamp`, `duration`,
 * `null`, or one that `Program.resultType` gave.
 */
export type CelType = string | ListType | MapType | ObjectType | OptionalType;

export interface ListType {
  list: CelType;
  /** Told where order does not count. */
  identity?: ListIdentity;
}

/** What tells elements of a list apart: their values, or these of their fields. */
export type ListIdentity = 'set' | readonly string[];

/** Keys are strings. */
export interface MapType {
  map: CelType;
}

/** A struct: only these fields are known, and each may be absent. */
export interface ObjectType {
  fields: Readonly<Record<string, CelType>>;
}

/** A value that may not be there: null is none. */
export interface OptionalType {
  optional: CelType;
}
