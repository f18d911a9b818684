/** JSON merge patch (RFC 7386), and the patches clients make of two or three versions of an object. */
import { isDeepStrictEqual } from 'node:util';
import { cloneJson } from '@t8s/meta';
import { getField, isObject, setField } from './own-field.ts';

type Json = Record<string, unknown>;

/** `object` with `patch` applied; neither is changed. */
export function applyMergePatch(object: Json, patch: Json): Json {
  return merged(cloneJson(object), patch);
}

function merged(target: Json, patch: Json): Json {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete target[name];
    } else if (isObject(value)) {
      const old = getField(target, name);
      setField(target, name, merged(isObject(old) ? old : {}, value));
    } else {
      setField(target, name, cloneJson(value));
    }
  }
  return target;
}

/** The merge patch that leads from `from` to `to`. */
export function createMergePatch(from: Json, to: Json): Json {
  const patch: Json = {};
  for (const [name, value] of Object.entries(to)) {
    const old = getField(from, name);
    if (isObject(old) && isObject(value)) {
      const nested = createMergePatch(old, value);
      if (Object.keys(nested).length > 0) setField(patch, name, nested);
    } else if (!isDeepStrictEqual(old, value)) {
      setField(patch, name, value);
    }
  }
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) setField(patch, name, null);
  return patch;
}

/**
 * What apply sends for types it has no schema of: additions and changes from `current` to `modified`, removals from
 * `original` (the configuration applied last) to `modified`; what others have set in `current` stays.
 */
export function createThreeWayMergePatch({ original, modified, current }: { original: Json; modified: Json; current: Json }): Json {
  return overlaid(removals(createMergePatch(original, modified)), withoutNulls(createMergePatch(current, modified)));
}

function overlaid(base: Json, over: Json): Json {
  for (const [name, value] of Object.entries(over)) {
    const old = getField(base, name);
    setField(base, name, isObject(old) && isObject(value) ? overlaid(old, value) : value);
  }
  return base;
}

function removals(patch: Json): Json {
  const kept: Json = {};
  for (const [name, value] of Object.entries(patch)) {
    const nested = isObject(value) ? removals(value) : undefined;
    if (value === null) setField(kept, name, null);
    else if (nested && Object.keys(nested).length > 0) setField(kept, name, nested);
  }
  return kept;
}

function withoutNulls(patch: Json): Json {
  const kept: Json = {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) continue;
    const nested = isObject(value) ? withoutNulls(value) : value;
    if (!isObject(value) || Object.keys(value).length === 0 || Object.keys(nested as Json).length > 0) setField(kept, name, nested);
  }
  return kept;
}
