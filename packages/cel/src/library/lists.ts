/** Kubernetes' list library: isSorted, sum, min, max, indexOf, lastIndexOf; elements are compared as the operators would. */
import type { Environment } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import { evaluationError } from '../cel-error.ts';
import { isEqual } from '../equality.ts';

type List = readonly unknown[];

const less = (a: unknown, b: unknown): boolean => (a as number) < (b as number);

function extreme(list: List, name: string, isBetter: (a: unknown, b: unknown) => boolean): unknown {
  if (list.length === 0) throw evaluationError(`${name} called on empty list`);
  return list.reduce((best, element) => (isBetter(element, best) ? element : best));
}

function sum(list: List): unknown {
  const [first] = list;
  if (first instanceof Duration) return list.reduce<Duration>((total, span) => total.addDuration(span as Duration), new Duration(0n));
  if (typeof first === 'number') return list.reduce<number>((total, n) => total + (n as number), 0);
  return list.reduce<bigint>((total, n) => total + BigInt(n as bigint), 0n);
}

export function registerLists(env: Environment): void {
  const sync = { async: false };
  env
    .registerFunction('list.isSorted(): bool', (list: List) => list.every((e, i) => i === 0 || !less(e, list[i - 1])), sync)
    .registerFunction('list<A>.sum(): A', sum, sync)
    .registerFunction('list<A>.min(): A', (list: List) => extreme(list, 'min', less), sync)
    .registerFunction('list<A>.max(): A', (list: List) => extreme(list, 'max', (a, b) => less(b, a)), sync)
    .registerFunction(
      'list.t8s_indexOf(dyn): int',
      (list: List, wanted: unknown) => BigInt(list.findIndex((e) => isEqual(e, wanted))),
      sync,
    )
    .registerFunction(
      'list.t8s_lastIndexOf(dyn): int',
      (list: List, wanted: unknown) => BigInt(list.findLastIndex((e) => isEqual(e, wanted))),
      sync,
    );
}
