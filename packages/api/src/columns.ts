/** Columns that most kinds share, and the words cells are made of. */
import { humanDuration, type KubeObject, parseTime } from '@t8s/meta';
import type { Column } from './kind.ts';

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object, unique within its namespace.',
  cell: (object) => object.metadata.name ?? '',
};

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

/** In place of the age, where upstream has no columns of its own for the kind. */
export const createdColumn: Column<KubeObject> = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  cell: (object) => object.metadata.creationTimestamp ?? null,
};

/** How long ago `time` was, `<unknown>` where there is none. `now` in milliseconds. */
export function age(time: string | undefined, now: number): string {
  const then = time === undefined ? undefined : parseTime(time);
  return then === undefined ? '<unknown>' : humanDuration(now - then);
}

/** `a=1,b=2` by key, or `<none>`: labels and selectors in a cell. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}
