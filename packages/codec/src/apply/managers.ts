/** Who manages which fields: `metadata.managedFields` as something to work with, and back (KEP-555). */
import { formatTime, type ManagedFieldsEntry } from '@t8s/meta';
import { type FieldSet, isEmpty } from './field-set.ts';
import { FieldSetError, readFieldSet } from './read-field-set.ts';

/** One manager of an object: a name with an operation, a version and a sub-resource. */
export interface Manager {
  id: string;
  name: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource: string;
  set: FieldSet;
  time: string | undefined;
  /** As it was stored, while nothing of it changed. */
  entry?: ManagedFieldsEntry;
}

export type Managers = Map<string, Manager>;

export type ManagerName = Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>;

/** Text that tells managers apart and sorts them; an applier is the same in every version. */
export function managerId({ name, operation, apiVersion, subresource }: ManagerName): string {
  const parts = [
    ...(name === '' ? [] : [`"manager":${JSON.stringify(name)}`]),
    `"operation":"${operation}"`,
    ...(operation === 'Apply' ? [] : [`"apiVersion":${JSON.stringify(apiVersion)}`]),
    ...(subresource === '' ? [] : [`"subresource":${JSON.stringify(subresource)}`]),
  ];
  return `{${parts.join(',')}}`;
}

/** Throws FieldSetError for what upstream can't decode either. */
export function readManagers(entries: readonly ManagedFieldsEntry[]): Managers {
  const managers: Managers = new Map();
  for (const [i, entry] of entries.entries()) {
    const { operation, apiVersion = '', fieldsType = '', manager: name = '', subresource = '' } = entry;
    if (operation !== 'Apply' && operation !== 'Update') throw new FieldSetError('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new FieldSetError('apiVersion must not be empty');
    if (fieldsType === '') throw new FieldSetError(`missing fieldsType in managed fields entry ${i}`);
    if (fieldsType !== 'FieldsV1') throw new FieldSetError(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${i}`);
    const manager = { name, operation, apiVersion, subresource } as const;
    const id = managerId(manager);
    managers.set(id, { ...manager, id, set: readFieldSet(entry.fieldsV1 ?? {}), time: entry.time, entry });
  }
  return managers;
}

/** Entries in the order they are stored in; undefined where nobody manages anything. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(byEntry).map((manager) => manager.entry ?? writeEntry(manager));
}

function writeEntry({ name, operation, apiVersion, time, subresource, set }: Manager): ManagedFieldsEntry {
  return {
    ...(name !== '' && { manager: name }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: set,
    ...(subresource !== '' && { subresource }),
  };
}

const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Times are text of one form with whole seconds, so they sort as text. */
const byEntry = (a: Manager, b: Manager): number =>
  order(a.operation, b.operation) ||
  order(a.time ?? '', b.time ?? '') ||
  order(a.name, b.name) ||
  order(a.apiVersion, b.apiVersion) ||
  order(a.subresource, b.subresource);

/** Gives a manager another set; with an empty one it is gone. */
export function putSet(managers: Managers, manager: Manager, set: FieldSet): void {
  if (isEmpty(set)) {
    managers.delete(manager.id);
  } else if (set !== manager.set || managers.get(manager.id) !== manager) {
    const { entry: _, ...rest } = manager;
    managers.set(manager.id, { ...rest, set });
  }
}

/** `now` in milliseconds. */
export const timeOf = (now: number): string => formatTime(now);

const maxUpdaters = 10;
const bucketName = 'ancient-changes';

/** Where more than ten updaters manage an object, the oldest are thrown together, a bucket for each version. */
export function capUpdaters(managers: Managers, union: (a: FieldSet, b: FieldSet) => FieldSet): void {
  const updaters = [...managers.values()].filter(({ operation }) => operation === 'Update');
  let count = updaters.length;
  if (count <= maxUpdaters) return;
  updaters.sort((a, b) => order(a.time ?? '', b.time ?? '') || order(a.id, b.id));
  const firstOf = new Map<string, Manager>();
  for (const manager of updaters) {
    if (count <= maxUpdaters) return;
    const { apiVersion } = manager;
    const first = firstOf.get(apiVersion);
    if (!first) {
      firstOf.set(apiVersion, manager);
      continue;
    }
    const name: ManagerName = { name: bucketName, operation: 'Update', apiVersion, subresource: '' };
    const id = managerId(name);
    let bucket = managers.get(id);
    if (!bucket) {
      managers.delete(first.id);
      bucket = { ...name, id, set: first.set, time: first.time };
    }
    managers.delete(manager.id);
    managers.set(id, { ...name, id, set: union(manager.set, bucket.set), time: manager.time });
    count--;
  }
}
