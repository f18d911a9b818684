/**
 * Strategic merge patch: a merge patch that knows which lists are keyed
 * (https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md).
 */
import { isDeepStrictEqual } from 'node:util';
import { badRequest, cloneJson, unclassified } from '@t8s/meta';
import { getField, isObject, setField } from '../own-field.ts';
import { asData, deleteFromPrimitiveListPrefix, patchDirective, retainKeysDirective, setElementOrderPrefix } from './directives.ts';
import { goMap, identity, inOrder } from './elements.ts';
import { fieldShape, type Shape, shapeOf } from './shape.ts';

type Json = Record<string, unknown>;

/** `object` with `patch` applied as `typeName` of the schema; neither is changed. Throws StatusErrors as apiserver does. */
export function applyStrategicMergePatch(object: Json, patch: Json, typeName: string): Json {
  return mergeObject(cloneJson(object), cloneJson(patch), { shape: shapeOf(typeName), into: 'object' });
}

export interface Merging {
  shape: Shape;
  /** The target is an object of the API, or another patch that this one joins: then directives and nulls stay. */
  into: 'object' | 'patch';
}

/** Merges `patch` into `original`, changing both; returns the result. */
export function mergeObject(original: Json, patch: Json, merging: Merging): Json {
  const directive = getField(patch, patchDirective);
  if (directive !== undefined) {
    delete patch[patchDirective];
    if (directive === 'replace') return patch;
    if (directive === 'delete') return {};
    throw unclassified(`unknown patch type: ${goMap(directive)}`);
  }
  for (const name of Object.keys(patch)) requireField(name);
  retainKeys(original, patch, merging);
  for (const name of Object.keys(patch))
    if (name.startsWith(setElementOrderPrefix)) mergeOrdered(original, patch, { ...merging, directive: name });
  for (const [name, value] of Object.entries(patch)) mergeField(original, { ...merging, name, value });
  return original;
}

/** A directive about a field names it behind a slash. Throws BadRequest. */
function requireField(name: string): void {
  const isAbout = (prefix: string): boolean => name.startsWith(prefix.slice(0, -1)) && !name.includes('/');
  if (isAbout(setElementOrderPrefix)) throw badRequest('invalid patch format of setElementOrder list');
  if (isAbout(deleteFromPrimitiveListPrefix)) throw badRequest('invalid patch format of primitive list');
}

function mergeField(original: Json, { name: given, value, shape, into }: Merging & { name: string; value: unknown }): void {
  const removes = given.startsWith(deleteFromPrimitiveListPrefix);
  if (removes && into === 'patch') {
    setField(original, given, value);
    return;
  }
  const name = removes ? given.slice(deleteFromPrimitiveListPrefix.length) : given;
  if (value === null) {
    if (into === 'object') delete original[name];
    else setField(original, name, null);
    return;
  }
  const old = getField(original, name);
  if (isObject(old) && isObject(value)) {
    const { shape: inner, list } = fieldShape(shape, name);
    setField(original, name, list.replace ? value : mergeObject(old, value, { shape: inner, into }));
  } else if (Array.isArray(old) && Array.isArray(value)) {
    setField(original, name, mergeList(old, value, { shape, into, name, removes }));
  } else if (!removes) {
    const data = into === 'patch' ? value : asData(value, { nulls: false });
    if (data !== undefined) setField(original, name, data);
  }
}

interface ListMerging extends Merging {
  /** The field of `shape` that holds the list. */
  name: string;
  /** The patch's elements leave the list. */
  removes: boolean;
}

function mergeList(original: unknown[], patch: unknown[], { shape, into, name, removes }: ListMerging): unknown[] {
  const { shape: element, list } = fieldShape(shape, name);
  if (removes) return original.filter((item) => !patch.includes(item));
  if (list.mergeKey === undefined) return patch;
  if (original.length + patch.length === 0) return original;
  const { mergeKey } = list;
  if (!isObject(original[0] ?? patch[0])) {
    const merged = [...new Set([...original, ...patch])];
    return inOrder(merged, { order: patch, before: original, mergeKey });
  }
  const before = [...original];
  const { kept, additions } = obeyElementDirectives(original, patch, { mergeKey, into });
  const merged = mergeElements(kept, additions, { mergeKey, shape: element, into });
  return inOrder(merged, { order: additions, before, mergeKey });
}

/** Carries out `$patch: delete` and `$patch: replace` elements; returns what remains of both lists. */
function obeyElementDirectives(
  original: unknown[],
  patch: unknown[],
  { mergeKey, into }: { mergeKey: string; into: Merging['into'] },
): { kept: unknown[]; additions: Json[] } {
  let kept = original;
  let replaces = false;
  const additions: Json[] = [];
  for (const element of patch) {
    if (!isObject(element)) throw unclassified('expected a list of maps');
    const directive = getField(element, patchDirective);
    if (directive === undefined || into === 'patch') additions.push(element);
    else if (directive === 'delete') {
      const gone = identity(element, mergeKey);
      kept = kept.filter((item) => identity(item, mergeKey) !== gone);
    } else if (directive === 'replace') replaces = true;
    else if (directive === 'merge') throw unclassified('merging lists cannot yet be specified in the patch');
    else throw unclassified(`unknown patch type: ${goMap(directive)}`);
  }
  return { kept: replaces ? [] : kept, additions };
}

function mergeElements(original: unknown[], patch: readonly Json[], { mergeKey, shape, into }: Merging & { mergeKey: string }): unknown[] {
  const merged = [...original];
  const places = new Map<unknown, number>();
  for (const [i, item] of merged.entries()) {
    const key = identity(item, mergeKey);
    if (!places.has(key)) places.set(key, i);
  }
  for (const element of patch) {
    const key = identity(element, mergeKey);
    const place = places.get(key);
    const old = place === undefined ? undefined : merged[place];
    if (place !== undefined && isObject(old)) {
      merged[place] = mergeObject(old, element, { shape, into });
    } else {
      places.set(key, merged.length);
      merged.push(into === 'patch' ? element : asData(element, { nulls: false }));
    }
  }
  return merged;
}

/** `$retainKeys`: fields of the original that the patch does not name go. */
function retainKeys(original: Json, patch: Json, { into }: Merging): void {
  const retained = getField(patch, retainKeysDirective);
  if (retained === undefined) return;
  delete patch[retainKeysDirective];
  if (into === 'patch') {
    original[retainKeysDirective] = retained;
    return;
  }
  const names = Array.isArray(retained) ? new Set<unknown>(retained) : undefined;
  const strays = Object.entries(patch).filter(([name, value]) => value !== null && !name.startsWith('$') && !names?.has(name));
  if (!names || strays.length > 0) throw badRequest('invalid patch format of retainKeys');
  for (const name of Object.keys(original)) if (!names.has(name)) delete original[name];
}

/** `$setElementOrder/x` with its list `x`: merges the list at once, then orders it; both leave the patch. */
function mergeOrdered(original: Json, patch: Json, { shape, into, directive }: Merging & { directive: string }): void {
  const order = getField(patch, directive);
  delete patch[directive];
  if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list');
  if (into === 'patch') {
    const other = getField(original, directive);
    if (other !== undefined && !isDeepStrictEqual(other, order)) throw badRequest('invalid patch format of setElementOrder list');
    original[directive] = order;
    return;
  }
  const name = directive.slice(setElementOrderPrefix.length);
  const mergeKey = fieldShape(shape, name).list.mergeKey ?? '';
  const before = getField(original, name);
  const change = getField(patch, name);
  delete patch[name];
  if (Array.isArray(change)) mustBeOrdered(change, order, mergeKey);
  const old = Array.isArray(before) ? before : undefined;
  const merged =
    old && Array.isArray(change)
      ? mergeList([...old], change, { shape, into, name, removes: false })
      : (old ?? asData(change, { nulls: false }));
  if (Array.isArray(merged)) setField(original, name, inOrder(merged, { order, before: old ?? [], mergeKey }));
}

/** The elements a patch adds or changes must stand in its order list, in that order. */
function mustBeOrdered(change: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  let at = 0;
  for (const element of change) {
    if (isObject(element) && getField(element, patchDirective) !== undefined) continue;
    const key = identity(element, mergeKey);
    while (at < order.length && identity(order[at], mergeKey) !== key) at++;
    if (at === order.length)
      throw unclassified(
        `The order in patch list:\n${JSON.stringify(change)}\n doesn't match $setElementOrder list:\n${JSON.stringify(order)}\n`,
      );
  }
}
