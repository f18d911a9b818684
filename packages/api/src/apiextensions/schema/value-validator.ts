/**
 * Holds values to a JSON schema in kube-openapi's words and with its habits: which of several alternatives it explains, what it
 * leaves unsaid. Compiled once per schema. Unchanged parts of an update are not held against it (KEP-4008).
 */
import { isDeepStrictEqual } from 'node:util';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { absent, correlateElement, isUnchanged } from './correlate.ts';
import { formatCheck } from './formats.ts';
import { matchesPattern } from './pattern.ts';
import { isSchema } from './structural.ts';
import { Findings, type Problem, problem } from './value-problems.ts';

type Json = Record<string, unknown>;

/** A value at a path, and what stood there before; `absent` on a create and where nothing can be said of it. */
interface At {
  path: string;
  old: unknown;
}

/** Most schemas are of scalars: thousands of them share these. */
const none: readonly ValueValidator[] = [];
const nothing: ReadonlyMap<string, ValueValidator> = new Map();

export class ValueValidator {
  readonly #props: JSONSchemaProps;
  readonly #types: readonly string[];
  readonly #format: string;
  readonly #isFormatted: ((text: string) => boolean) | undefined;
  readonly #properties: ReadonlyMap<string, ValueValidator>;
  readonly #additional: ValueValidator | boolean | undefined;
  readonly #items: ValueValidator | undefined;
  readonly #anyOf: readonly ValueValidator[];
  readonly #oneOf: readonly ValueValidator[];
  readonly #allOf: readonly ValueValidator[];
  readonly #not: ValueValidator | undefined;

  constructor(props: JSONSchemaProps) {
    const all = (list?: readonly JSONSchemaProps[]): readonly ValueValidator[] => list?.map((one) => new ValueValidator(one)) ?? none;
    this.#props = props;
    this.#types = props['x-kubernetes-int-or-string'] ? ['integer', 'string'] : props.type ? [props.type] : [];
    const mayFormat = this.#types.length !== 1 || this.#types[0] === 'string';
    this.#isFormatted = mayFormat ? formatCheck(props.format) : undefined;
    this.#format = this.#isFormatted ? (props.format ?? '') : '';
    this.#properties = props.properties
      ? new Map(Object.entries(props.properties).map(([name, inner]) => [name, new ValueValidator(inner)]))
      : nothing;
    const additional = props.additionalProperties;
    this.#additional = isSchema(additional) ? new ValueValidator(additional) : typeof additional === 'boolean' ? additional : undefined;
    this.#items = isSchema(props.items) ? new ValueValidator(props.items) : undefined;
    this.#anyOf = all(props.anyOf);
    this.#oneOf = all(props.oneOf);
    this.#allOf = all(props.allOf);
    this.#not = props.not && new ValueValidator(props.not);
  }

  /** What is wrong with `value`; with `old`, only where it is wrong in a new way. Paths start at the root. */
  validate(value: unknown, old: unknown = absent): readonly Problem[] {
    return this.#validate(value, { path: '', old }).problems;
  }

  #validate(value: unknown, at: At): Findings {
    const findings = this.#check(value, at);
    // Only looked into when there is something to forgive.
    if (!findings.isValid && at.old !== absent && isUnchanged(value, at.old, this.#props)) return new Findings(findings.matches);
    return findings;
  }

  #check(value: unknown, at: At): Findings {
    const findings = new Findings();
    if (value === null || value === undefined) {
      if (this.#types.length > 0 && !this.#props.nullable) findings.add(problem.type(at.path, this.#types.join(), 'null'));
      else findings.matches++;
      this.#enum(value, at.path, findings);
      return findings;
    }
    if (this.#types.length > 0 || this.#format !== '') findings.counted(this.#type(value, at.path));
    findings.counted(this.#quantifiers(value, at));
    if (typeof value === 'string') this.#text(value, at.path, findings);
    else if (typeof value === 'number') findings.counted(this.#number(value, at.path));
    else if (Array.isArray(value)) findings.counted(this.#list(value, at));
    this.#enum(value, at.path, findings);
    findings.matches++;
    if (isObject(value)) findings.counted(this.#object(value, at));
    findings.matches++;
    return findings;
  }

  /** Integers are numbers, and numbers without a fraction integers. */
  #type(value: unknown, path: string): Findings {
    const findings = new Findings(1);
    const [type, format] = typeOf(value);
    const fits = this.#types.includes(type) || (type === 'integer' && this.#types.includes('number'));
    const isNumeric = this.#types.includes('number') || this.#types.includes('integer');
    if (typeof value !== 'string' && !Array.isArray(value) && this.#format !== '' && !fits)
      return new Findings(0, problem.type(path, this.#format, format));
    if (!isNumeric && this.#format !== '' && (typeof value === 'string' || Array.isArray(value))) return findings;
    return fits ? findings : new Findings(0, problem.type(path, this.#types.join(), type));
  }

  /** Of length and pattern the first that fails is told. */
  #text(value: string, path: string, findings: Findings): void {
    const { maxLength, minLength, pattern } = this.#props;
    const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length;
    if (maxLength !== undefined && length > maxLength) findings.add(problem.tooLong(path, maxLength));
    else if (minLength !== undefined && length < minLength)
      findings.add(problem.invalid(path, value, `should be at least ${minLength} chars long`));
    else if (pattern && !matchesPattern(pattern, value)) findings.add(problem.invalid(path, value, `should match '${pattern}'`));
    findings.matches++;
    if (!this.#isFormatted) return;
    if (!this.#isFormatted(value)) findings.add(problem.format(path, value, this.#format));
    findings.matches++;
  }

  /** Integers are compared with the whole part of a limit. */
  #number(value: number, path: string): Findings {
    const findings = new Findings(1);
    const limit = (bound: number): number => (Number.isInteger(value) ? Math.trunc(bound) : bound);
    const { multipleOf, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = this.#props;
    if (multipleOf !== undefined) {
      const factor = limit(multipleOf);
      if (factor <= 0) findings.add(problem.factor(path, factor));
      else if (!isWhole(factor < 1 ? (1 / factor) * value : value / factor))
        findings.add(problem.invalid(path, value, `should be a multiple of ${factor}`));
    }
    if (minimum !== undefined && (exclusiveMinimum ? value <= limit(minimum) : value < limit(minimum)))
      findings.add(problem.invalid(path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${limit(minimum)}`));
    if (maximum !== undefined && (exclusiveMaximum ? value >= limit(maximum) : value > limit(maximum)))
      findings.add(problem.invalid(path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${limit(maximum)}`));
    return findings;
  }

  #list(list: readonly unknown[], { path, old }: At): Findings {
    const findings = new Findings(1);
    const { minItems, maxItems } = this.#props;
    if (this.#items) {
      const correlate = correlateElement(this.#props, old);
      for (const [i, element] of list.entries())
        findings.merge(this.#items.#validate(element, { path: `${path}[${i}]`, old: correlate(element) }));
    }
    if (minItems !== undefined && list.length < minItems)
      findings.add(problem.invalid(path, list.length, `should have at least ${minItems} items`));
    if (maxItems !== undefined && list.length > maxItems) findings.add(problem.tooMany(path, list.length, maxItems));
    return findings;
  }

  #enum(value: unknown, path: string, findings: Findings): void {
    const allowed = this.#props.enum ?? [];
    if (allowed.length === 0 || allowed.some((one) => one !== null && isDeepStrictEqual(one, value))) return;
    findings.add(problem.notOneOf(path, value, allowed));
  }

  #object(object: Json, { path, old }: At): Findings {
    const findings = new Findings();
    const { minProperties, maxProperties, required = [] } = this.#props;
    const names = Object.keys(object);
    if (minProperties !== undefined && names.length < minProperties)
      findings.add(problem.invalid(path, names.length, `should have at least ${minProperties} properties`));
    if (maxProperties !== undefined && names.length > maxProperties) findings.add(problem.tooMany(path, names.length, maxProperties));
    const before = (name: string): unknown => (isObject(old) && Object.hasOwn(old, name) ? old[name] : absent);
    for (const name of names) {
      if (this.#properties.has(name)) continue;
      if (this.#additional === false) findings.add(problem.forbidden(path, name));
      else if (typeof this.#additional === 'object')
        findings.merge(this.#additional.#validate(object[name], { path: `${path}.${name}`, old: before(name) }));
    }
    for (const [name, schema] of this.#properties) {
      if (!Object.hasOwn(object, name)) continue;
      findings.merge(schema.#validate(object[name], { path: path === '' ? name : `${path}.${name}`, old: before(name) }));
    }
    for (const name of required) if (!Object.hasOwn(object, name)) findings.add(problem.required(`${path}.${name}`));
    return findings;
  }

  #quantifiers(value: unknown, at: At): Findings {
    const findings = new Findings();
    if (this.#anyOf.length > 0) findings.merge(this.#any(value, at));
    if (this.#oneOf.length > 0) findings.merge(this.#one(value, at));
    if (this.#allOf.length > 0) findings.merge(this.#all(value, at));
    const excluded = this.#not;
    if (excluded) findings.merge(excluded.#excludes(value, at));
    findings.matches++;
    return findings;
  }

  /** What stands against a value that may not be valid here. */
  #excludes(value: unknown, at: At): Findings {
    if (!this.#validate(value, at).isValid) return new Findings();
    return new Findings(0, problem.composite(at.path, 'must not validate the schema (not)'));
  }

  #any(value: unknown, at: At): Findings {
    let closest: Findings | undefined;
    for (const schema of this.#anyOf) {
      const result = schema.#validate(value, at);
      if (result.isValid) return result;
      if (!closest || result.matches > closest.matches) closest = result;
    }
    const findings = new Findings(0, problem.composite(at.path, 'must validate at least one schema (anyOf)'));
    if (closest) findings.merge(closest);
    return findings;
  }

  #one(value: unknown, at: At): Findings {
    const results = this.#oneOf.map((schema) => schema.#validate(value, at));
    const valid = results.filter(({ isValid }) => isValid);
    const [first] = valid;
    if (first && valid.length === 1) return first;
    const why = first ? `Found ${valid.length} valid alternatives` : 'Found none valid';
    const findings = new Findings(0, problem.composite(at.path, `must validate one and only one schema (oneOf). ${why}`));
    const closest = first ? undefined : results.reduce((best, result) => (result.matches > best.matches ? result : best));
    if (closest) findings.merge(closest);
    return findings;
  }

  #all(value: unknown, at: At): Findings {
    const findings = new Findings();
    const results = this.#allOf.map((schema) => schema.#validate(value, at));
    for (const result of results) findings.merge(result);
    const valid = results.filter(({ isValid }) => isValid).length;
    if (valid < results.length)
      findings.add(problem.composite(at.path, `must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`));
    return findings;
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const isWhole = (value: number): boolean =>
  Number.isFinite(value) && Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(1, Math.abs(value));

/** The type of a value, and the format that Go's type of it goes by. */
function typeOf(value: unknown): [type: string, format: string] {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? ['integer', 'int64'] : ['number', 'float64'];
  return [Array.isArray(value) ? 'array' : typeof value, ''];
}
