/** Server-side apply of a configuration (structured-merge-diff's Apply, and what fieldmanager adds). */
import { badRequest, formatApiVersion, type KubeObject, parseApiVersion, unclassified } from '@t8s/meta';
import { getField, isObject } from '../own-field.ts';
import { checkType } from './check-type.ts';
import { equalValues } from './compare.ts';
import { type Conflict, Conflicts, conflictsOf } from './conflict.ts';
import type { ApplyRequest, Managed } from './field-manager.ts';
import { difference, differenceBelow, emptySet, type FieldSet, intersection, isEmpty, union } from './field-set.ts';
import { fieldsOfLastApply, syncLastApplied } from './last-applied.ts';
import { type Manager, type Managers, readManagers, timeOf, writeManagers } from './managers.ts';
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
  const manager: Manager = { ...self, set, time: last?.time };
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
  else managers.set(self.id, { ...manager, set: kept, time: isSame ? last?.time : timeOf(now) });
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
function pruned({ managed, merged, managers, last }: Pruning): KubeObject {
  if (!last || isEmpty(last.set)) return merged;
  // In another version the fields that fell away can't be named in this one.
  const inLast =
    last.apiVersion === apiVersionOf(managed) ? { object: merged, type: managed.type } : managed.convert?.(merged, last.apiVersion);
  if (!inLast) return merged;
  const rest = prunedIn(inLast.type, inLast.object as unknown as Json, { last: last.set, managed: setsIn(managers, last.apiVersion) });
  const object = rest as unknown as KubeObject;
  return inLast.object === merged ? object : (managed.convert?.(object, apiVersionOf(managed))?.object ?? merged);
}

function setsIn(managers: Managers, apiVersion: string): FieldSet {
  let all = emptySet;
  for (const { apiVersion: version, set } of managers.values()) if (version === apiVersion) all = union(all, set);
  return all;
}

/** Removal in three steps, as upstream: what was applied; back what somebody manages; back what holds fields that nobody applied. */
function prunedIn(type: MapMergeType, merged: Json, sets: { last: FieldSet; managed: FieldSet }): Json {
  const last = withNamedFields(sets.last, type);
  const all = withNamedFields(toFieldSet(type, merged), type);
  const present = (object: Json): FieldSet => withNamedFields(toFieldSet(type, object), type);
  const first = removeItems(type, merged, last);
  const second = removeItems(type, merged, difference(all, union(present(first), withNamedFields(sets.managed, type))));
  return removeItems(type, merged, intersection(difference(all, present(second)), last));
}
