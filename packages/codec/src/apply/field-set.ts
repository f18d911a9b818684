/**
 * Sets of fields in the form FieldsV1 has on the wire: a tree of steps, in which an empty node is a member, and `.` marks a member
 * that has members below it. No parsing, no writing: what is stored is what is worked with. Sets are never changed; results share
 * what stays the same with their operands, and a result equal to the first operand is that operand.
 */
import { compareElements, self } from './path-element.ts';

export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** A path of steps from the root. */
export type Path = readonly string[];

const member: FieldSet = Object.freeze({});
export const emptySet: FieldSet = member;

/** As a root a node without steps is the empty set; below it, it is a member. */
export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether a node below the root is itself a member. */
const isMember = (node: FieldSet): boolean => self in node || isEmpty(node);

export function setOf(...paths: Path[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of paths) builder.add(path);
  return builder.build();
}

export function has(set: FieldSet, path: Path): boolean {
  let node: FieldSet = set;
  for (const element of path) {
    const next = node[element];
    if (!next) return false;
    node = next;
  }
  return path.length > 0 && isMember(node);
}

/** What `set` has below this step, as a set of its own; undefined where that is nothing. */
export function below(set: FieldSet, element: string): FieldSet | undefined {
  const node = set[element];
  return node && !isLeaf(node) ? node : undefined;
}

/** A member with nothing below it. */
function isLeaf(node: FieldSet): boolean {
  for (const element in node) if (element !== self) return false;
  return true;
}

export const hasMember = (set: FieldSet, element: string): boolean => {
  const node = set[element];
  return node !== undefined && isMember(node);
};

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  return isEmpty(a) ? b : joined(a, b);
}

function joined(a: FieldSet, b: FieldSet): FieldSet {
  let result: Record<string, FieldSet> | undefined;
  let added = false;
  for (const element in b) {
    const right = b[element] ?? member;
    const left = a[element];
    const both = left === undefined ? right : element === self ? left : joinedNodes(left, right);
    if (both === left) continue;
    result ??= { ...a };
    result[element] = both;
    added ||= left === undefined;
  }
  return result === undefined ? a : added ? sorted(result) : result;
}

function joinedNodes(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right)) return isMember(left) ? left : { [self]: member, ...left };
  if (isEmpty(left)) return isLeaf(right) ? left : self in right ? right : { [self]: member, ...right };
  return joined(left, right);
}

function sorted(node: Record<string, FieldSet>): FieldSet {
  const elements = Object.keys(node);
  if (elements.every((element, i) => i === 0 || compareElements(elements[i - 1] ?? '', element) < 0)) return node;
  return Object.fromEntries(elements.sort(compareElements).map((element) => [element, node[element] ?? member]));
}

/** Members of `a` that are not members of `b`; what lies below a member of `b` stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => without(a, b, false);

/** Members of `a` that neither are members of `b` nor lie below one. */
export const differenceBelow = (a: FieldSet, b: FieldSet): FieldSet => without(a, b, true);

function without(a: FieldSet, b: FieldSet, whole: boolean): FieldSet {
  let result: Record<string, FieldSet> | undefined;
  for (const element in b) {
    const left = a[element];
    if (left === undefined || element === self) continue;
    const rest = nodeWithout(left, b[element] ?? member, whole);
    if (rest === left) continue;
    result ??= { ...a };
    if (rest) result[element] = rest;
    else delete result[element];
  }
  return result ?? a;
}

function nodeWithout(left: FieldSet, right: FieldSet, whole: boolean): FieldSet | undefined {
  const removed = isMember(right);
  if (removed && whole) return undefined;
  if (isLeaf(left)) return removed ? undefined : left;
  const rest = without(left, right, whole);
  const keeps = self in left && !removed;
  if (isLeaf(rest)) return keeps ? member : undefined;
  if (keeps === self in rest) return rest;
  const { [self]: _, ...children } = rest;
  return children;
}

/** Members of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element in a) {
    const right = b[element];
    if (right === undefined || element === self) continue;
    const left = a[element] ?? member;
    const children = intersection(left, right);
    const isBoth = isMember(left) && isMember(right);
    if (isEmpty(children)) {
      if (isBoth) result[element] = member;
    } else {
      result[element] = isBoth ? { [self]: member, ...children } : children;
    }
  }
  return result;
}

/** Members with no members below them. */
export function leaves(set: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const [element, node] of Object.entries(set)) if (element !== self) result[element] = isLeaf(node) ? member : leaves(node);
  return result;
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  let count = 0;
  for (const element in a) {
    const right = b[element];
    if (right === undefined || !equalSets(a[element] ?? member, right)) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}

/** Every member: at each level the members, then those below them. */
export function* paths(set: FieldSet, prefix: Path = []): Generator<Path> {
  for (const element in set) if (element !== self && hasMember(set, element)) yield [...prefix, element];
  for (const element in set) {
    const children = below(set, element);
    if (children) yield* paths(children, [...prefix, element]);
  }
}

interface Draft {
  [element: string]: Draft;
}

/** Collects paths, best in the order of a walk: a path starts from the one before it. The set is sorted once, when it is built. */
export class FieldSetBuilder {
  readonly #root: Draft = {};
  /** The path before, and the nodes along it: `#nodes[i]` is reached by `#steps[0…i]`. */
  readonly #steps: string[] = [];
  readonly #nodes: Draft[] = [];
  /** Nodes with something below them: to look whether a large node is empty takes all its keys. */
  readonly #inner = new Set<Draft>();

  /** The root itself is never a member. */
  add(path: Path): void {
    if (path.length === 0) return;
    const steps = this.#steps;
    let shared = 0;
    while (shared < path.length && shared < steps.length && steps[shared] === path[shared]) shared++;
    const isNew = this.#descend(path, shared);
    const node = this.#nodes[path.length - 1];
    if (!isNew && node && this.#inner.has(node)) node[self] ??= {};
  }

  /** Goes on behind the first `shared` steps; tells whether the last node is new. */
  #descend(path: Path, shared: number): boolean {
    let node = shared === 0 ? this.#root : (this.#nodes[shared - 1] ?? this.#root);
    let isNew = false;
    for (let i = shared; i < path.length; i++) {
      // A leaf that gets something below it stays a member.
      if (i > 0 && !isNew && !this.#inner.has(node)) node[self] = {};
      const element = path[i] ?? '';
      const parent = node;
      const next = parent[element];
      isNew = next === undefined;
      node = next ?? {};
      if (isNew) {
        parent[element] = node;
        this.#inner.add(parent);
      }
      this.#steps[i] = element;
      this.#nodes[i] = node;
    }
    this.#steps.length = path.length;
    this.#nodes.length = path.length;
    return isNew;
  }

  build(): FieldSet {
    return ordered(this.#root);
  }
}

function ordered(node: Draft): FieldSet {
  for (const element in node) {
    const child = node[element];
    if (child) node[element] = ordered(child) as Draft;
  }
  return sorted(node);
}
