/** Server-side Tables as kubectl prints them. */
import type { ObjectMeta } from '@t8s/meta';
import { Columns } from './columns.ts';

export interface Table {
  columnDefinitions?: { name: string; type: string; format?: string; priority?: number }[] | null;
  rows: TableRow[];
}

export interface TableRow {
  cells: unknown[];
  object?: { metadata?: ObjectMeta };
}

export interface TableLook {
  wide: boolean;
  headers: boolean;
  /** A NAMESPACE column in front. */
  withNamespace: boolean;
  /** What stands before names, with its slash: `pod/`. */
  kindPrefix: string;
  showLabels: boolean;
  labelColumns: readonly string[];
}

/** Prints tables of one resource: headers once, columns no narrower than before (watches go on in the same table). */
export class TablePrinter {
  readonly #look: TableLook;
  readonly #columns = new Columns();
  #definitions: NonNullable<Table['columnDefinitions']> = [];
  #started = false;

  constructor(look: TableLook) {
    this.#look = look;
  }

  /** Nothing for a table without rows. `event` stands in a column of its own in front (--output-watch-events). */
  format({ columnDefinitions, rows }: Table, event?: string): string {
    if (columnDefinitions?.length) this.#definitions = columnDefinitions;
    if (rows.length === 0) return '';
    const lines = rows.map((row) => [...(event === undefined ? [] : [event]), ...this.#row(row)]);
    if (this.#look.headers && !this.#started) lines.unshift([...(event === undefined ? [] : ['EVENT']), ...this.#header()]);
    this.#started = true;
    return this.#columns.format(lines);
  }

  #shown<T>(items: readonly T[]): T[] {
    return items.filter((_, i) => this.#look.wide || (this.#definitions[i]?.priority ?? 0) === 0);
  }

  #header(): string[] {
    const { withNamespace, labelColumns, showLabels } = this.#look;
    return [
      ...(withNamespace ? ['NAMESPACE'] : []),
      ...this.#shown(this.#definitions).map(({ name }) => name.toUpperCase()),
      ...labelColumns.map((label) => (label.split('/').at(-1) ?? '').toUpperCase()),
      ...(showLabels ? ['LABELS'] : []),
    ];
  }

  #row({ cells, object }: TableRow): string[] {
    const { withNamespace, kindPrefix, labelColumns, showLabels } = this.#look;
    const labels = object?.metadata?.labels ?? {};
    const texts = cells.map((cell, i) => {
      const text = cellText(cell);
      return kindPrefix !== '' && this.#definitions[i]?.format === 'name' && this.#definitions[i]?.type === 'string'
        ? kindPrefix + text
        : text;
    });
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return [
      ...(withNamespace ? [object?.metadata?.namespace ?? ''] : []),
      ...this.#shown(texts),
      ...labelColumns.map((label) => labels[label] ?? ''),
      ...(showLabels ? [pairs.sort().join(',') || '<none>'] : []),
    ];
  }
}

/** Text past the first line of a cell is left out, and shown to be so. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '<none>';
  const text = String(cell);
  const end = text.search(/[\f\n\r]/);
  return end < 0 ? text : `${text.slice(0, end)}...`;
}
