/** Which old value an element of a list was, for what compares a value with the one before (KEP-4008, transition rules). */
import { isDeepStrictEqual } from 'node:util';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { isSchema } from './structural.ts';

type Json = Record<string, unknown>;

/** No old value to go by. */
export const absent = Symbol('absent');

/** Finds the old value of an element by its keys; elements of other than map lists are nobody's successors. */
export function correlateElement(props: JSONSchemaProps, old: unknown): (element: unknown) => unknown {
  if (props['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return () => absent;
  const keys = props['x-kubernetes-list-map-keys'] ?? [];
  let byKey: Map<string, unknown> | undefined;
  return (element) => {
    byKey ??= new Map(old.map((one) => [keyOf(one, keys), one]));
    const key = keyOf(element, keys);
    return byKey.has(key) ? byKey.get(key) : absent;
  };
}

/** Whether a value is what it was: elements of map lists may have moved. */
export function isUnchanged(value: unknown, old: unknown, props: JSONSchemaProps): boolean {
  if (Array.isArray(value) && Array.isArray(old) && props['x-kubernetes-list-type'] === 'map' && isSchema(props.items)) {
    const { items } = props;
    const correlate = correlateElement(props, old);
    return value.length === old.length && value.every((element) => isUnchanged(element, correlate(element), items));
  }
  if (!isObject(value) || !isObject(old)) return isDeepStrictEqual(value, old);
  const names = Object.keys(value);
  if (names.length !== Object.keys(old).length) return false;
  const { properties = {}, additionalProperties } = props;
  const rest = isSchema(additionalProperties) ? additionalProperties : {};
  const inner = (name: string): JSONSchemaProps => (Object.hasOwn(properties, name) && properties[name]) || rest;
  return names.every((name) => Object.hasOwn(old, name) && isUnchanged(value[name], old[name], inner(name)));
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const keyOf = (element: unknown, keys: readonly string[]): string =>
  JSON.stringify(typeof element === 'object' && element !== null ? keys.map((key) => (element as Json)[key] ?? null) : element);
