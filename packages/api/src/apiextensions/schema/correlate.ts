/** Which old value an element of a list was, for what compares a value with the one before (KEP-4008, transition rules). */
import type { JSONSchemaProps } from '../../generated/types.ts';

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

const keyOf = (element: unknown, keys: readonly string[]): string =>
  JSON.stringify(typeof element === 'object' && element !== null ? keys.map((key) => (element as Json)[key] ?? null) : element);
