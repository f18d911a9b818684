/** Server-side apply of a configuration (structured-merge-diff's Apply, and what fieldmanager adds). */
import { badRequest, formatApiVersion, type KubeObject, parseApiVersion, unclassified } from '@t8s/meta';
import { getField, isObject } from '../own-field.ts';
import { checkType } from './check-type.ts';
import { equalValues } from './compare.ts';
import { type Conflict, Conflicts, conflictsOf } from './conflict.ts';
import type { ApplyRequest, Managed } from './field-manager.ts';
import { difference, differenceBelow, emptySet, type FieldSet, intersection, isEmpty, union } from './field-set.ts';
import { fieldsOfLastApply, syncLastApplied } from './last-applied.ts';
import { changedManager, type Manager, type Managers, readManagers, timeOf, writeManagers } from './managers.ts';
import { mergeConfiguration } from './merge.ts';
import type { MapMergeType } from './merge-type.ts';
import { FieldSetError } from './read-field-set.ts';
import { removeItems } from './remove-items.ts';
import { toFieldSet, withNamedFields } from './to-field-set.ts';
import { apiVersionOf, managerOf, settle, update, withoutUnmanaged } from './update.ts';

type Json = Record<string, unknown>;

const beforeFirstApply = 'before-first-apply';
/** The manager that takes over from client-side apply. */
const kubectl = 'kubectl';

/**
 * The object after the configuration is applied, with its managers; no argument is changed. Fields the manager applied before and
 * leaves out now go, unless others manage them too. Throws StatusErrors: Conflict where others manage what it sets and it does not
 * force, BadRequest, and unclassified ones for configurations that don't fit the type.
 */
export function applyConfiguration(request: ApplyRequest): KubeObject {
  const { managed, manager, configuration } = request;
  const live = request.live ?? { apiVersion: apiVersionOf(managed), kind: managed.kind, metadata: {} };
  checkConfiguration(request);
  const managers = readLive(live);
  const { managedFields: _, ...metadata } = live.metadata;
  const bare: KubeObject = { ...live, metadata };
  if (managers.size === 0) update({ managed, live: undefined, next: bare, manager: beforeFirstApply, now: request.now, managers });
  const result = takeOver({ ...request, live: bare, managers });
  if (manager === kubectl) syncLastApplied(result.object, configuration);
  const entries = writeManagers(result.managers);
  if (entries) result.object.metadata.managedFields = entries;
  return result.object;
}

function checkConfiguration({ managed, configuration }: ApplyRequest): void {
  const { group, version, kind, type } = managed;
  const apiVersion = getField(configuration, 'apiVersion');
  const found = parseApiVersion(text(apiVersion));
  const foundKind = String(getField(configuration, 'kind') ?? '');
  if (found.group !== group || found.version !== version || foundKind !== kind)
    throw badRequest(`invalid object type: ${showKind({ ...found, kind: foundKind })}`);
  const metadata = getField(configuration, 'metadata');
  const { name, namespace, managedFields } = isObject(metadata) ? metadata : ({} as Json);
  if (managedFields !== undefined && managedFields !== null) throw badRequest('metadata.managedFields must be nil');
  const problem = checkType(type, configuration);
  if (problem)
    throw unclassified(`failed to create typed patch object (${text(namespace)}/${text(name)}; ${showKind(managed)}): ${problem}`);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const showKind = ({ group, version, kind }: { group: string; version: string; kind: string }): string =>
  group === '' && version === '' && kind === ''
    ? '/, Kind='
    : `${group === '' ? '/' : ''}${formatApiVersion({ group, version })}, Kind=${kind}`;

function readLive({ metadata }: KubeObject): Managers {
  try {
    return readManagers(metadata.managedFields ?? []);
  } catch (error) {
    if (error instanceof FieldSetError) throw unclassified(`failed to decode managed fields: ${error.message}`);
    throw error;
  }
}

interface Applying extends ApplyRequest {
  live: KubeObject;
  managers: Managers;
}

interface Applied {
  object: KubeObject;
  managers: Managers;
}

/** kubectl takes what its client-side apply set, whoever is said to manage it. */
function takeOver(applying: Applying): Applied {
  try {
    return applyTo(applying);
  } catch (error) {
    if (!(error instanceof Conflicts)) throw error;
    const own = applying.manager === kubectl ? fieldsOfLastApply(applying.managed, applying.live) : undefined;
    const left = own ? error.without(own) : error;
    if (left.conflicts.length > 0) throw left.toStatus();
    return applyTo({ ...applying, force: true });
  }
}

/** Throws Conflicts. */
function applyTo({ managed, live, configuration, manager: name, force, now, managers: before }: Applying): Applied {
  const managers: Managers = new Map(before);
  const { type, resetFields } = managed;
  const merged = mergeConfiguration(type, live as unknown as Json, configuration) as unknown as KubeObject;
  const self = managerOf(managed, { name: name || 'unknown', operation: 'Apply' });
  const last = managers.get(self.id);
  const set = differenceBelow(toFieldSet(type, configuration), resetFields);
  const manager: Manager = changedManager(self, { set, time: last?.time });
  managers.set(self.id, manager);
  const object = pruned({ managed, merged, managers, last });
  const conflicts: Conflict[] = [];
  settle({
    managed,
    live,
    next: object,
    managers,
    except: self.id,
    raw: true,
    taken: (other, fields) => void conflicts.push(...conflictsOf(other, fields)),
  });
  if (!force && conflicts.length > 0) throw new Conflicts(conflicts);
  const kept = withoutUnmanaged(set);
  const isSame = equalValues(live, object);
  if (isEmpty(kept)) managers.delete(self.id);
  else managers.set(self.id, changedManager(self, { set: kept, time: isSame ? last?.time : timeOf(now) }));
  return { object: isSame ? { ...live, metadata: { ...live.metadata } } : { ...object, metadata: { ...object.metadata } }, managers };
}

interface Pruning {
  managed: Managed;
  merged: KubeObject;
  /** With the new set of the one who applies. */
  managers: Managers;
  /** What it applied before. */
  last: Manager | undefined;
}

/** Without what was applied last time, not this time, and is managed by nobody else. */
function pruned(pruning: Pruning): KubeObject {
  const { managed, merged, managers, last } = pruning;
  if (!last) return merged;
  const versions = setsByVersion(managers);
  // The rule: everything applied last time is applied again, or managed by others.
  if (isEmpty(difference(last.set, versions.get(last.apiVersion) ?? emptySet))) return merged;
  const before = inVersion(managed, merged, last.apiVersion);
  if (!before) return merged;
  const { type } = before;
  const lastSet = withNamedFields(last.set, type);
  let rest = { ...before, object: removed(type, before.object, lastSet) };
  // Back comes what somebody manages, in each one's version; then all that was not applied last time.
  for (const [apiVersion, set] of [...versions].sort(([a], [b]) => Number(b === last.apiVersion) - Number(a === last.apiVersion))) {
    const all = inVersion(managed, before.object, apiVersion);
    const left = inVersion(managed, rest.object, apiVersion);
    if (!all || !left) continue;
    const kept = union(named(left), withNamedFields(set, all.type));
    rest = { type: all.type, object: removed(all.type, all.object, difference(named(all), kept)) };
  }
  const left = inVersion(managed, rest.object, last.apiVersion);
  if (!left) return merged;
  const object = removed(type, before.object, intersection(difference(named(before), named(left)), lastSet));
  return inVersion(managed, object, apiVersionOf(managed))?.object ?? merged;
}

interface Versioned {
  object: KubeObject;
  type: MapMergeType;
}

/** The object in that version; undefined where it is no longer served. */
function inVersion(managed: Managed, object: KubeObject, apiVersion: string): Versioned | undefined {
  const own = object.apiVersion ?? apiVersionOf(managed);
  if (managed.convert && own !== apiVersion) return managed.convert(object, apiVersion);
  return own === apiVersion ? { object, type: managed.convert?.(object, apiVersion)?.type ?? managed.type } : undefined;
}

const removed = (type: MapMergeType, object: KubeObject, items: FieldSet): KubeObject =>
  removeItems(type, object as unknown as Json, items) as unknown as KubeObject;

const named = ({ type, object }: Versioned): FieldSet => withNamedFields(toFieldSet(type, object as unknown as Json), type);

function setsByVersion(managers: Managers): Map<string, FieldSet> {
  const sets = new Map<string, FieldSet>();
  for (const { apiVersion, set } of managers.values()) sets.set(apiVersion, union(sets.get(apiVersion) ?? emptySet, set));
  return sets;
}
