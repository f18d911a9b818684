import { type FieldError, invalidValue, notSupportedInOrder, required, tooLong, tooMany, typeInvalid } from '@t8s/meta';

/** A field error, and the text that tells it from others. */
export interface Problem {
  error: FieldError;
  text: string;
}

/** An object may be wrong in a million places: what is told of it stays readable, and short enough to send. */
export const maxProblems = 1000;

/** What a check has found: no problem twice, and how much was right, by which the closest of several alternatives is chosen. */
export class Findings {
  readonly #problems = new Map<string, Problem>();
  matches: number;

  constructor(matches = 0, ...problems: Problem[]) {
    this.matches = matches;
    for (const one of problems) this.add(one);
  }

  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  get isValid(): boolean {
    return this.#problems.size === 0;
  }

  add(one: Problem): void {
    if (this.#problems.size < maxProblems && !this.#problems.has(one.text)) this.#problems.set(one.text, one);
  }

  merge(other: Findings): void {
    for (const one of other.#problems.values()) this.add(one);
    this.matches += other.matches;
  }

  /** Merges the findings of a check and counts the check itself. */
  counted(findings: Findings): void {
    this.merge(findings);
    this.matches++;
  }
}

/** `.spec` at the root is `spec`. */
const fieldOf = (path: string): string => path.replace(/^\./, '');

const told = (path: string, badValue: unknown, what: string): Problem => {
  const text = `${path} in body ${what}`;
  return { error: invalidValue(fieldOf(path), badValue, text), text };
};

export const problem = {
  invalid: told,
  type: (path: string, wanted: string, found: string): Problem => {
    const text = `${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`;
    return { error: typeInvalid(fieldOf(path), found, text), text };
  },
  format: (path: string, value: string, format: string): Problem => {
    const text = `${path} in body must be of type ${format}: ${JSON.stringify(value)}`;
    return { error: typeInvalid(fieldOf(path), value, text), text };
  },
  required: (path: string): Problem => ({ error: required(fieldOf(path)), text: `${path} in body is required` }),
  tooLong: (path: string, max: number): Problem => ({
    error: tooLong(fieldOf(path), max),
    text: `${path} in body should be at most ${max} chars long`,
  }),
  tooMany: (path: string, count: number, max: number): Problem => ({
    error: tooMany(fieldOf(path), count, max),
    text: `${path} in body should have at most ${max}`,
  }),
  notOneOf: (path: string, value: unknown, allowed: readonly unknown[]): Problem => ({
    error: notSupportedInOrder(
      fieldOf(path),
      value,
      allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
    ),
    text: `${path} in body should be one of ${JSON.stringify(allowed)}`,
  }),
  forbidden: (path: string, name: string): Problem => {
    const text = `${path}.${name} in body is a forbidden property`;
    return { error: invalidValue(fieldOf(path), name, text), text };
  },
  factor: (path: string, factor: number): Problem => {
    const text = `factor MultipleOf declared for ${path} must be positive: ${factor}`;
    return { error: invalidValue(fieldOf(path), factor, text), text };
  },
  /** About several schemas at once: upstream names no field, but says which in the text. */
  composite: (path: string, what: string): Problem => {
    const text = `${JSON.stringify(path)} ${what}`;
    return { error: invalidValue('<nil>', '', text), text };
  },
};
