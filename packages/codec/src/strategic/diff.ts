/** Strategic merge patches out of two or three versions of an object: what apply and edit send. */
import { isDeepStrictEqual } from 'node:util';
import { getField, isObject, setField } from '../own-field.ts';
import { deleteFromPrimitiveListPrefix, patchDirective, retainKeysDirective, setElementOrderPrefix } from './directives.ts';
import { identity } from './elements.ts';
import { mergeObject } from './merge.ts';
import { fieldShape, type Shape, shapeOf } from './shape.ts';

type Json = Record<string, unknown>;

interface Wanted {
  changes: boolean;
  deletions: boolean;
}

/** The patch that leads from `from` to `to`, both of the schema's type `type`. */
export function createTwoWayMergePatch({ from, to, type }: { from: Json; to: Json; type: string }): Json {
  return structuredClone(diffObjects(from, to, { shape: shapeOf(type), changes: true, deletions: true }));
}

/**
 * The patch that brings `current` to `modified`, with deletions only of what `original` (the configuration applied last)
 * had: what others have set in `current` stays.
 */
export function createThreeWayPatch({
  original,
  modified,
  current,
  type,
}: {
  original: Json;
  modified: Json;
  current: Json;
  type: string;
}): Json {
  const shape = shapeOf(type);
  const changes = diffObjects(current, modified, { shape, changes: true, deletions: false });
  const deletions = diffObjects(original, modified, { shape, changes: false, deletions: true });
  return mergeObject(structuredClone(deletions), structuredClone(changes), { shape, into: 'patch' });
}

function diffObjects(from: Json, to: Json, { shape, changes, deletions }: Wanted & { shape: Shape }): Json {
  const patch: Json = {};
  for (const [name, old] of Object.entries(from)) {
    const now = getField(to, name);
    if (now === undefined) {
      if (deletions) setField(patch, name, null);
    } else if (isObject(old) && isObject(now)) {
      const { shape: inner, list } = fieldShape(shape, name);
      if (list.replace) {
        if (changes && !isDeepStrictEqual(old, now)) setField(patch, name, now);
        continue;
      }
      const nested = diffObjects(old, now, { shape: inner, changes, deletions });
      if (list.retainKeys && !isDeepStrictEqual(Object.keys(nested), [])) nested[retainKeysDirective] = Object.keys(now).sort();
      if (Object.keys(nested).length > 0) setField(patch, name, nested);
    } else if (Array.isArray(old) && Array.isArray(now) && fieldShape(shape, name).list.mergeKey !== undefined) {
      diffLists(old, now, { patch, name, shape, changes, deletions });
    } else if (changes && !isDeepStrictEqual(old, now)) {
      setField(patch, name, now);
    }
  }
  if (changes) for (const [name, now] of Object.entries(to)) if (!Object.hasOwn(from, name)) setField(patch, name, now);
  return patch;
}

interface ListDiff extends Wanted {
  patch: Json;
  name: string;
  shape: Shape;
}

/** Writes what changed in the list `name` into `patch`: the list itself and the directives beside it. */
function diffLists(from: readonly unknown[], to: readonly unknown[], { patch, name, shape, changes, deletions }: ListDiff): void {
  const { shape: element, list } = fieldShape(shape, name);
  const { mergeKey = '' } = list;
  if (from.length === 0) {
    if (changes && to.length > 0) setField(patch, name, to);
    return;
  }
  if (!isObject(from[0] ?? to[0])) {
    const added = to.filter((item) => !from.includes(item));
    const gone = from.filter((item) => !to.includes(item));
    if (changes && added.length > 0) setField(patch, name, added);
    if (deletions && gone.length > 0) setField(patch, deleteFromPrimitiveListPrefix + name, gone);
    if ((deletions && gone.length > 0) || (changes && !isDeepStrictEqual(from, to))) setField(patch, setElementOrderPrefix + name, to);
    return;
  }
  const old = new Map(from.map((item) => [identity(item, mergeKey), item]));
  const now = new Set(to.map((item) => identity(item, mergeKey)));
  const elements: unknown[] = [];
  for (const item of to) {
    const before = old.get(identity(item, mergeKey));
    if (isObject(before) && isObject(item)) {
      const nested = diffObjects(before, item, { shape: element, changes, deletions });
      if (list.retainKeys && Object.keys(nested).length > 0) nested[retainKeysDirective] = Object.keys(item).sort();
      if (Object.keys(nested).length > 0) elements.push({ ...nested, [mergeKey]: item[mergeKey] });
    } else if (changes) {
      elements.push(item);
    }
  }
  if (deletions) for (const key of old.keys()) if (!now.has(key)) elements.push({ [patchDirective]: 'delete', [mergeKey]: key });
  if (elements.length > 0) setField(patch, name, elements);
  const reordered = changes && !isDeepStrictEqual([...old.keys()], [...now]);
  if (elements.length > 0 || reordered)
    setField(
      patch,
      setElementOrderPrefix + name,
      [...now].map((key) => ({ [mergeKey]: key })),
    );
}
