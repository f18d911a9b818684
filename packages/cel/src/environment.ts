/** The library's environment with everything Kubernetes adds to CEL, and one for each set of variables. */
import { Environment, Optional } from '@marcbachmann/cel-js';
import { withIdentity } from './associative-lists.ts';
import { registerAuthorizer } from './library/authorizer.ts';
import { calendarFunctions, registerCalendar } from './library/calendar.ts';
import { registerFormats } from './library/formats.ts';
import { registerListExtension } from './library/list-extension.ts';
import { registerLists } from './library/lists.ts';
import { registerNetworks } from './library/networks.ts';
import { registerOptionals } from './library/optionals.ts';
import { registerQuantity } from './library/quantity.ts';
import { registerRegularExpressions } from './library/regular-expressions.ts';
import { registerSemver } from './library/semver.ts';
import { registerSets } from './library/sets.ts';
import { registerStrings } from './library/strings.ts';
import { registerTimestamps } from './library/timestamps.ts';
import { registerTwoVariableComprehensions } from './library/two-variable-comprehensions.ts';
import { registerUrls } from './library/urls.ts';
import type { CelType, ObjectType } from './type.ts';
import { type Convert, RawValue, type Source, Struct, scalarConversion } from './values.ts';

/** Far above what validated objects allow; the length of expressions is limited elsewhere. */
const limits = { maxListElements: 10_000, maxMapEntries: 10_000 };

/** Ours where the library's function is not what CEL specifies: calls of these names go to `t8s_<name>`. */
export const replaced = new Set([
  ...calendarFunctions,
  ...['matches', 'lowerAscii', 'upperAscii', 'substring', 'indexOf', 'lastIndexOf', 'timestamp', 'duration'],
]);
export const replacementPrefix = 't8s_';

const base = new Environment({ enableOptionalTypes: true, limits });
for (const register of [
  registerAuthorizer,
  registerCalendar,
  registerFormats,
  registerListExtension,
  registerLists,
  registerNetworks,
  registerOptionals,
  registerQuantity,
  registerRegularExpressions,
  registerSemver,
  registerSets,
  registerStrings,
  registerTimestamps,
  registerTwoVariableComprehensions,
  registerUrls,
])
  register(base);

/** Variables of one set of types: how to compile against them, and how their values get in. */
export interface Scope {
  environment: Environment;
  conversions: ReadonlyMap<string, Convert>;
}

export type Variables = Readonly<Record<string, CelType>>;

/** The same few sets of variables come again with every expression. */
const scopes = new WeakMap<Variables, Scope>();

interface Declared {
  name: string;
  convert: Convert;
}

export function scopeOf(variables: Variables): Scope {
  const known = scopes.get(variables);
  if (known) return known;
  const environment = base.clone();
  let objectTypes = 0;
  /** Two variables of one type may be compared. */
  const objects = new Map<ObjectType, Declared>();
  const conversions = new Map<string, Convert>();
  for (const [name, type] of Object.entries(variables)) {
    const declared = declare(type);
    environment.registerVariable(name, declared.name);
    conversions.set(name, declared.convert);
  }
  const scope = { environment, conversions };
  scopes.set(variables, scope);
  return scope;

  function declare(type: CelType): Declared {
    if (typeof type === 'string') return { name: libraryNames[type] ?? type, convert: scalarConversion(type) };
    if ('fields' in type) {
      const known = objects.get(type) ?? declareObject(type.fields);
      objects.set(type, known);
      return known;
    }
    if ('list' in type) {
      const { name, convert } = declare(type.list);
      const { identity } = type;
      const elements = (list: readonly unknown[]): unknown[] => list.map(convert);
      const made = identity === undefined ? elements : (list: readonly unknown[]) => withIdentity(elements(list), identity);
      return { name: `list<${name}>`, convert: raw((value) => (Array.isArray(value) ? made(value) : value)) };
    }
    if ('optional' in type) {
      const { name, convert } = declare(type.optional);
      return { name: `optional<${name}>`, convert: raw((value) => (value === null ? Optional.none() : Optional.of(convert(value)))) };
    }
    const { name, convert } = declare(type.map);
    return { name: `map<string, ${name}>`, convert: raw((value) => (isObject(value) ? mapOf(value, convert) : value)) };
  }

  function declareObject(types: Readonly<Record<string, CelType>>): Declared {
    const declared = Object.entries(types).map(([field, type]) => [field, declare(type)] as const);
    // The library keeps a type's name for ever: few names, given anew in each scope.
    objectTypes += 1;
    const name = `object${objectTypes}`;
    const conversions = new Map(declared.map(([field, { convert }]) => [field, convert]));
    const ctor = class extends Struct {
      constructor(source: Source) {
        super(source, conversions);
      }
    };
    const fields = Object.fromEntries(declared.map(([field, { name }]) => [field, name]));
    environment.registerType(name, { ctor, fields });
    environment.registerOperator(`${name} == ${name}`, (a: Struct, b: Struct) => a.equals(b));
    environment.registerOperator(`${name} == null`, (a: Struct) => a.isNull);
    return { name, convert: raw((value) => (value === null || isObject(value) ? new ctor(value) : value)) };
  }
}

const libraryNames: Record<string, string> = {
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);

/** Values that come from another expression are in their form already. */
const raw =
  (convert: Convert): Convert =>
  (value) =>
    value instanceof RawValue ? value.value : convert(value);

const mapOf = (source: Record<string, unknown>, convert: Convert): Map<string, unknown> =>
  new Map(Object.entries(source).map(([key, value]) => [key, convert(value)]));
