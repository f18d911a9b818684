/** What an apply is told when others manage what it wants to set. */
import { applyConflict, type StatusError } from '@t8s/meta';
import { type FieldSet, FieldSetBuilder, has, type Path, paths } from './field-set.ts';
import type { Manager } from './managers.ts';
import { showPath } from './path-element.ts';

export interface Conflict {
  manager: Manager;
  path: Path;
}

export class Conflicts extends Error {
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super(`${conflicts.length} fields are managed by others`);
    this.conflicts = conflicts;
  }

  get fields(): FieldSet {
    const builder = new FieldSetBuilder();
    for (const { path } of this.conflicts) builder.add(path);
    return builder.build();
  }

  without(fields: FieldSet): Conflicts {
    return new Conflicts(this.conflicts.filter(({ path }) => !has(fields, path)));
  }

  /** Upstream's words: one line for one conflict, a list for each manager for several. */
  toStatus(): StatusError {
    const { conflicts } = this;
    const causes = conflicts.map(({ manager, path }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${showManager(manager)}`,
      field: showPath(path),
    }));
    return applyConflict(causes, this.#message());
  }

  #message(): string {
    const [first] = this.conflicts;
    if (first && this.conflicts.length === 1)
      return `Apply failed with 1 conflict: conflict with ${showManager(first.manager)}: ${showPath(first.path)}`;
    const byManager = new Map<Manager, Path[]>();
    for (const { manager, path } of this.conflicts) byManager.set(manager, [...(byManager.get(manager) ?? []), path]);
    const lines = [...byManager]
      .sort(([a], [b]) => (a.id < b.id ? -1 : 1))
      .flatMap(([manager, fields]) => [`conflicts with ${showManager(manager)}:`, ...fields.map((path) => `- ${showPath(path)}`)]);
    return `Apply failed with ${this.conflicts.length} conflicts: ${lines.join('\n')}`;
  }
}

export const conflictsOf = (manager: Manager, fields: FieldSet): Conflict[] => [...paths(fields)].map((path) => ({ manager, path }));

function showManager({ name, subresource, operation, apiVersion }: Manager): string {
  const full = `${JSON.stringify(name)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Update' ? `${full} using ${apiVersion}` : full;
}
