/** CEL's set extensions: lists as sets, compared by value. */
import type { Environment } from '@marcbachmann/cel-js';
import { isEqual } from '../equality.ts';

type List = readonly unknown[];

const has = (list: List, wanted: unknown): boolean => list.some((element) => isEqual(element, wanted));
const contains = (list: List, part: List): boolean => part.every((element) => has(list, element));

export function registerSets(env: Environment): void {
  class Sets {}
  const sync = { async: false };
  env
    .registerType('sets', { ctor: Sets })
    .registerConstant('sets', 'sets', new Sets())
    .registerFunction('sets.contains(list, list): bool', (_: Sets, list: List, part: List) => contains(list, part), sync)
    .registerFunction('sets.equivalent(list, list): bool', (_: Sets, a: List, b: List) => contains(a, b) && contains(b, a), sync)
    .registerFunction('sets.intersects(list, list): bool', (_: Sets, a: List, b: List) => a.some((element) => has(b, element)), sync);
}
