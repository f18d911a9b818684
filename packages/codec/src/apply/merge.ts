/** A configuration laid over an object: nothing is removed, and what both set is the configuration's (structured-merge-diff's Merge). */
import { getField, isObject, setField } from '../own-field.ts';
import { elementStep } from './list-elements.ts';
import type { ListMergeType, MapMergeType, MergeType } from './merge-type.ts';

type Json = Record<string, unknown>;

/** Neither is changed; the result may share parts with both. The configuration has passed `checkType`. */
export function mergeConfiguration(type: MapMergeType, live: Json, applied: Json): Json {
  return mapFields(type, live, applied);
}

/** Undefined where nothing is left to show. */
function merged(type: MergeType, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  switch (type.kind) {
    case 'scalar':
      return leaf(live, applied);
    case 'list':
      return list(type, live, applied);
    case 'map': {
      if (type.atomic || (isBare(live) && isBare(applied))) return leaf(live, applied);
      return nonEmpty(mapFields(type, asObject(live), asObject(applied)));
    }
    case 'any': {
      const asMaps = (isObject(live) || live === undefined) && (isObject(applied) || applied === undefined);
      if (!type.merges || !asMaps || (isBare(live) && isBare(applied))) return leaf(live, applied);
      return nonEmpty(bothFields(asObject(live), asObject(applied), () => type));
    }
  }
}

const leaf = (live: unknown, applied: unknown): unknown => (applied === undefined ? live : applied);

const mapFields = ({ fields, element }: MapMergeType, live: Json, applied: Json): Json =>
  bothFields(live, applied, (name) => fields.get(name)?.type ?? element);

function bothFields(live: Json, applied: Json, typeOf: (name: string) => MergeType | undefined): Json {
  const result: Json = {};
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) setField(result, name, value);
  };
  for (const name of Object.keys(live)) {
    const type = typeOf(name);
    const over = getField(applied, name);
    put(name, type ? merged(type, live[name], over) : leaf(live[name], over));
  }
  for (const name of Object.keys(applied)) {
    if (getField(live, name) !== undefined) continue;
    const type = typeOf(name);
    put(name, type ? merged(type, undefined, applied[name]) : applied[name]);
  }
  return result;
}

/**
 * Lists keep the live order, but elements of the configuration stand among themselves as the configuration has them; new ones come
 * behind the element they follow there. Live elements that share a key stay as they are unless the configuration has that key.
 */
function list(type: ListMergeType, live: unknown, applied: unknown): unknown {
  const left = asList(live);
  const right = asList(applied);
  if (type.relation === 'atomic' || left.length + right.length === 0) return leaf(live, applied);
  const before = steps(type, left);
  const after = steps(type, right);
  const liveOf = singles(before, left);
  const appliedOf = new Map(after.map((step, i) => [step, right[i]]));
  const shared = after.filter((step) => liveOf.has(step));
  const done = new Set<string>();
  const out: unknown[] = [];
  const put = (value: unknown): void => {
    if (value !== undefined) out.push(value);
  };
  let nextShared = 0;
  for (let l = 0, r = 0; l < before.length || r < after.length; ) {
    const liveStep = before[l];
    const appliedStep = after[r];
    if (liveStep !== undefined && appliedStep !== undefined) {
      if (liveStep === appliedStep) {
        done.add(liveStep);
        put(merged(type.element, liveOf.get(liveStep), appliedOf.get(liveStep)));
        l++;
        r++;
        nextShared++;
        continue;
      }
      // Its turn comes where the configuration has it.
      if (appliedOf.has(liveStep) && shared[nextShared] !== undefined && shared[nextShared] !== liveStep) {
        l++;
        continue;
      }
    }
    if (liveStep !== undefined) {
      if (!appliedOf.has(liveStep)) {
        put(merged(type.element, left[l], undefined));
        l++;
        continue;
      }
      if (done.has(liveStep)) l++;
    }
    if (appliedStep !== undefined) {
      done.add(appliedStep);
      put(merged(type.element, liveOf.get(appliedStep), appliedOf.get(appliedStep)));
      r++;
      if (shared[nextShared] === appliedStep) nextShared++;
    }
  }
  return out.length > 0 ? out : undefined;
}

const steps = (type: ListMergeType, elements: readonly unknown[]): string[] =>
  elements.map((element) => String(elementStep(type, element)));

/** Elements by step; null for a step that several have: they don't take part in merging. */
function singles(steps: readonly string[], elements: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [i, step] of steps.entries()) found.set(step, found.has(step) ? null : elements[i]);
  return found;
}

const asObject = (value: unknown): Json => (isObject(value) ? value : {});
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const nonEmpty = (object: Json): Json | undefined => (Object.keys(object).length > 0 ? object : undefined);
const isBare = (value: unknown): boolean => !isObject(value) || Object.keys(value).length === 0;
