/** The group-versions of what is served, in the order in which clients are told of them. */
import { compareVersions, type GroupVersion } from '@t8s/meta';
import type { ServedResource } from '../context.ts';
import { type Priority, priorityOf } from './priorities.ts';

/** A group-version with its place among the others, where it has one of its own. */
export interface Ranked extends GroupVersion {
  priority?: Priority;
}

/** Every group-version but the core's: by the priority of groups, within them by that of versions, the newest first. */
export function groupVersionsOf(resources: readonly ServedResource[], more: readonly Ranked[] = []): GroupVersion[] {
  const found = new Map<string, Ranked>();
  for (const gv of [...resources.map(({ kind: { group, version } }) => ({ group, version })), ...more])
    if (gv.group !== '') found.set(`${gv.group}/${gv.version}`, gv);
  const ranked = [...found.values()].map((gv) => ({ ...gv, priority: gv.priority ?? priorityOf(gv) }));
  const groups = new Map<string, number>();
  for (const { group, priority } of ranked) groups.set(group, Math.max(groups.get(group) ?? 0, priority.group));
  return ranked
    .sort(
      (a, b) =>
        (groups.get(b.group) ?? 0) - (groups.get(a.group) ?? 0) ||
        compareText(a.group, b.group) ||
        b.priority.version - a.priority.version ||
        compareVersions(b.version, a.version),
    )
    .map(({ group, version }) => ({ group, version }));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
