/** Who manages which fields: `metadata.managedFields` as something to work with, and back (KEP-555). */
import { formatTime, type ManagedFieldsEntry } from '@t8s/meta';
import { type FieldSet, isEmpty } from './field-set.ts';
import { quoted } from './path-element.ts';
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
  entry: ManagedFieldsEntry | undefined;
}

export type Managers = Map<string, Manager>;

export type ManagerName = Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>;

/** Text that tells managers apart and sorts them; an applier is the same in every version. */
export function managerId({ name, operation, apiVersion, subresource }: ManagerName): string {
  let id = name === '' ? '{' : `{"manager":${quoted(name)},`;
  id += `"operation":"${operation}"`;
  if (operation === 'Update') id += `,"apiVersion":${quoted(apiVersion)}`;
  return subresource === '' ? `${id}}` : `${id},"subresource":${quoted(subresource)}}`;
}

/**
 * Throws FieldSetError for what upstream can't decode either. Field sets that are `trusted` (this server stored them) are not
 * looked at.
 */
export function readManagers(entries: readonly ManagedFieldsEntry[], trusted = false): Managers {
  const managers: Managers = new Map();
  for (const [i, entry] of entries.entries()) {
    const { operation, apiVersion = '', fieldsType = '', manager: name = '', subresource = '' } = entry;
    if (operation !== 'Apply' && operation !== 'Update') throw new FieldSetError('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new FieldSetError('apiVersion must not be empty');
    if (fieldsType === '') throw new FieldSetError(`missing fieldsType in managed fields entry ${i}`);
    if (fieldsType !== 'FieldsV1') throw new FieldSetError(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${i}`);
    const id = managerId({ name, operation, apiVersion, subresource });
    const fields = entry.fieldsV1 ?? {};
    const set = trusted ? (fields as FieldSet) : readFieldSet(fields);
    managers.set(id, { id, name, operation, apiVersion, subresource, set, time: entry.time, entry });
  }
  return managers;
}

/** Entries in the order they are stored in; undefined where nobody manages anything. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(byEntry).map((manager) => manager.entry ?? writeEntry(manager));
}

function writeEntry({ name, operation, apiVersion, time, subresource, set }: Manager): ManagedFieldsEntry {
  const entry: ManagedFieldsEntry = { manager: name, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: set };
  if (name === '') delete entry.manager;
  if (time === undefined) delete entry.time;
  if (subresource !== '') entry.subresource = subresource;
  return entry;
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
  } else if (set !== manager.set) {
    managers.set(manager.id, changedManager(manager, { set, time: manager.time }));
  }
}

/** The manager with other fields or another time: no longer as it was stored. */
export function changedManager(
  { id, name, operation, apiVersion, subresource }: Omit<Manager, 'set' | 'time'>,
  { set, time }: Pick<Manager, 'set' | 'time'>,
): Manager {
  return { id, name, operation, apiVersion, subresource, set, time, entry: undefined };
}

let lastSecond = { second: 0, text: formatTime(0) };

/** `now` in milliseconds. */
export function timeOf(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== lastSecond.second) lastSecond = { second, text: formatTime(now) };
  return lastSecond.text;
}

const maxUpdaters = 10;
const bucketName = 'ancient-changes';

/** Where more than ten updaters manage an object, the oldest are thrown together, a bucket for each version. */
export function capUpdaters(managers: Managers, union: (a: FieldSet, b: FieldSet) => FieldSet): void {
  if (managers.size <= maxUpdaters) return;
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
      bucket = changedManager({ ...name, id, entry: undefined }, first);
    }
    managers.delete(manager.id);
    managers.set(id, changedManager(bucket, { set: union(manager.set, bucket.set), time: manager.time }));
    count--;
  }
}
