/** Who manages what after a create, update or patch (structured-merge-diff's Update, and what fieldmanager adds). */
import type { KubeObject, ManagedFieldsEntry } from '@t8s/meta';
import { type Comparison, compare, equalValues } from './compare.ts';
import { createdFields } from './created-fields.ts';
import type { Managed, UpdateRequest } from './field-manager.ts';
import { difference, differenceBelow, emptySet, type FieldSet, intersection, isEmpty, setOf, union } from './field-set.ts';
import {
  capUpdaters,
  changedManager,
  type Manager,
  type ManagerName,
  type Managers,
  managerId,
  putSet,
  readManagers,
  timeOf,
  writeManagers,
} from './managers.ts';
import type { MapMergeType } from './merge-type.ts';
import { fieldElement } from './path-element.ts';
import { FieldSetError } from './read-field-set.ts';

type Json = Record<string, unknown>;

const systemFields = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
] as const;

/** Metadata that is nobody's. */
const unmanagedMetadata: ReadonlySet<string> = new Set(systemFields);
const inMetadata = fieldElement('metadata');

/** Fields that never are in a set. */
const unmanaged: FieldSet = setOf(
  [fieldElement('apiVersion')],
  [fieldElement('kind')],
  [inMetadata],
  ...systemFields.map((name) => [inMetadata, fieldElement(name)]),
);

export const withoutUnmanaged = (set: FieldSet): FieldSet => difference(set, unmanaged);

/**
 * Sets `next.metadata.managedFields`. What clients sent there counts where it can be read (but not through sub-resources): an empty
 * list, or a list of one empty entry, forgets all managers. Objects that nobody has managed yet stay so until they are applied to.
 */
export function trackUpdate(request: UpdateRequest): void {
  const { live, next } = request;
  const managers = startingManagers(request);
  delete next.metadata.managedFields;
  if (managers.size === 0 && live?.metadata.uid) return;
  update({ ...request, managers });
  const entries = writeManagers(managers);
  if (entries) next.metadata.managedFields = entries;
}

function startingManagers({ managed, live, next }: UpdateRequest): Managers {
  const stored = live?.metadata.managedFields ?? [];
  const sent = managed.subresource === '' ? next.metadata.managedFields : undefined;
  if (sent && isReset(sent)) return new Map();
  // Most clients send back what they have read.
  const found = sent && !equalValues(sent, stored) ? readOrNothing(sent) : undefined;
  return found && found.size > 0 ? found : readManagers(stored, true);
}

function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  const [first] = entries;
  return first === undefined || (entries.length === 1 && Object.keys(first).length === 0);
}

function readOrNothing(entries: readonly ManagedFieldsEntry[]): Managers {
  try {
    return readManagers(entries);
  } catch (error) {
    if (error instanceof FieldSetError) return new Map();
    throw error;
  }
}

/** Changes `managers` to what they are once `next` is stored. */
export function update({ managed, live, next, manager, now, managers }: UpdateRequest & { managers: Managers }): void {
  const gained = live === undefined && managers.size === 0 ? initial(managed, next) : gains({ managed, live, next, managers });
  if (!isEmpty(gained)) {
    const self = managerOf(managed, { name: manager || 'unknown', operation: 'Update' });
    const before = managers.get(self.id);
    managers.set(self.id, changedManager(self, { set: before ? union(before.set, gained) : gained, time: timeOf(now) }));
  }
  capUpdaters(managers, union);
}

/** Nobody loses anything to a create. */
const initial = ({ type, resetFields }: Managed, next: KubeObject): FieldSet =>
  differenceBelow(createdFields(type, next as unknown as Json, unmanagedMetadata), resetFields);

function gains(change: Pick<Settling, 'managed' | 'live' | 'next' | 'managers'>): FieldSet {
  const { modified, added } = settle({ ...change, except: undefined });
  return withoutUnmanaged(union(modified, added));
}

export function managerOf(managed: Managed, { name, operation }: Pick<ManagerName, 'name' | 'operation'>): Omit<Manager, 'set'> {
  const apiVersion = apiVersionOf(managed);
  const { subresource } = managed;
  const id = managerId({ name, operation, apiVersion, subresource });
  return { id, name, operation, apiVersion, subresource, time: undefined, entry: undefined };
}

export interface Settling {
  managed: Managed;
  live: KubeObject | undefined;
  next: KubeObject;
  managers: Managers;
  /** The manager whose set stays as it is. */
  except: string | undefined;
  /** `next` is a configuration laid over `live`, not yet in the form it is stored in. */
  raw?: boolean;
  /** Told of each other manager's fields that `next` sets; by throwing it refuses. */
  taken?(manager: Manager, fields: FieldSet): void;
}

/**
 * Takes from the managers what `next` has changed or removed, and forgets those with nothing left or of a version that is gone.
 * Returns the change in the request's version, without reset fields.
 */
export function settle({ managed, live, next, managers, except, taken, raw = false }: Settling): Comparison {
  const own = apiVersionOf(managed);
  const empty = { metadata: {} };
  const changes = new Map<string, Comparison | undefined>([[own, changed(managed, { type: managed.type, old: live ?? empty, next, raw })]]);
  const changeIn = (apiVersion: string): Comparison | undefined => {
    if (changes.has(apiVersion)) return changes.get(apiVersion);
    const before = managed.convert?.(live ?? empty, apiVersion);
    const after = managed.convert?.(next, apiVersion);
    const change = before && after && changed(managed, { type: after.type, old: before.object, next: after.object, raw });
    changes.set(apiVersion, change);
    return change;
  };
  const rest: { manager: Manager; set: FieldSet }[] = [];
  for (const manager of managers.values()) {
    if (manager.id === except) continue;
    const change = changeIn(manager.apiVersion);
    if (change === undefined) {
      rest.push({ manager, set: emptySet });
      continue;
    }
    const gained = union(change.modified, change.added);
    if (taken) {
      const conflict = intersection(manager.set, gained);
      if (!isEmpty(conflict)) taken(manager, conflict);
    }
    rest.push({ manager, set: difference(difference(manager.set, gained), change.removed) });
  }
  for (const { manager, set } of rest) putSet(managers, manager, set);
  return changes.get(own) as Comparison;
}

export const apiVersionOf = ({ group, version }: Managed): string => (group === '' ? version : `${group}/${version}`);

interface Versions {
  type: MapMergeType;
  old: KubeObject;
  next: KubeObject;
  raw: boolean;
}

function changed({ resetFields }: Managed, { type, old, next, raw }: Versions): Comparison {
  const change = compare({ type, old: old as unknown as Json, next: next as unknown as Json, skip: unmanagedMetadata, raw });
  if (isEmpty(resetFields)) return change;
  return {
    added: differenceBelow(change.added, resetFields),
    modified: differenceBelow(change.modified, resetFields),
    removed: differenceBelow(change.removed, resetFields),
  };
}
