/** How the elements of lists that merge are told apart. */
import { getField, isObject } from '../own-field.ts';
import type { ListMergeType } from './merge-type.ts';
import { keyElement, valueElement } from './path-element.ts';

/** The step of an element, or what keeps it from having one. */
export function elementStep(list: ListMergeType, element: unknown): string | Error {
  if (list.relation === 'set') return setStep(element);
  if (element === null || element === undefined) return new Error('associative list with keys may not have a null element');
  if (!isObject(element)) return new Error('associative list with keys may not have non-map elements');
  const { keys, keyDefaults } = list;
  const values: unknown[] = [];
  for (const key of keys) {
    const value = getField(element, key) ?? keyDefaults[key];
    if (value === undefined)
      return new Error(
        `associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`,
      );
    values.push(value);
  }
  return keyElement(keys, values);
}

function setStep(element: unknown): string | Error {
  if (element === null) return new Error("associative list without keys has an element that's an explicit null");
  if (Array.isArray(element)) return new Error('not supported: associative list with lists as elements');
  if (isObject(element)) return new Error("associative list without keys has an element that's a map type");
  return valueElement(element);
}

/** Elements by their steps, in the list's order; those without a step are left out. */
export function groupBySteps(list: ListMergeType, elements: readonly unknown[]): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const element of elements) {
    const step = elementStep(list, element);
    if (step instanceof Error) continue;
    const group = groups.get(step);
    if (group) group.push(element);
    else groups.set(step, [element]);
  }
  return groups;
}
