/**
 * Lists whose elements are told apart by their values (sets) or by some of their fields (maps): compared, their order does not count,
 * and added, no element comes twice (x-kubernetes-list-type).
 */
import { isEqual } from './equality.ts';
import { nodesOf } from './syntax-tree.ts';
import type { ListIdentity } from './type.ts';
import { fromCel, Struct } from './values.ts';

type List = readonly unknown[];

/** Remembered beside the lists: the library knows plain arrays only. */
const identities = new WeakMap<List, ListIdentity>();

export function withIdentity<T extends List>(list: T, identity: ListIdentity): T {
  identities.set(list, identity);
  return list;
}

const operators: Record<string, (left: List, right: List, identity: ListIdentity) => unknown> = {
  '==': areSame,
  '!=': (left, right, identity) => !areSame(left, right, identity),
  '+': joined,
};

/** Makes the operators of a checked tree heed what lists they get. */
export function heedIdentities(root: unknown): void {
  for (const node of nodesOf(root)) {
    const { handle, op } = node;
    const operator = operators[op];
    if (!handle || !operator) continue;
    node.handle = (left, right, ...rest) => {
      const identity = Array.isArray(left) && Array.isArray(right) ? identities.get(left) : undefined;
      return identity === undefined ? handle(left, right, ...rest) : operator(left as List, right as List, identity);
    };
  }
}

function areSame(left: List, right: List, identity: ListIdentity): boolean {
  const others = byKey(right, identity);
  return left.length === right.length && left.every((element) => isEqual(element, others.get(keyOf(element, identity))));
}

/** Elements on the right take the place of those with the same key; new ones follow. */
function joined(left: List, right: List, identity: ListIdentity): List {
  return withIdentity([...new Map([...byKey(left, identity), ...byKey(right, identity)]).values()], identity);
}

const byKey = (list: List, identity: ListIdentity): Map<string, unknown> =>
  new Map(list.map((element) => [keyOf(element, identity), element]));

function keyOf(element: unknown, identity: ListIdentity): string {
  if (identity === 'set') return JSON.stringify(fromCel(element));
  return JSON.stringify(identity.map((field) => fromCel(element instanceof Struct ? element.get(field) : undefined) ?? null));
}
