/** Text in aligned columns, as Go's tabwriter lays it out for kubectl. */

export interface Layout {
  /** Smallest width of a column, padding included. */
  minWidth?: number;
  padding?: number;
}

/** Aligns rows whose cells are joined by tabs. The last cell of a row is not padded; widths may only grow over calls (watches). */
export class Columns {
  readonly #minWidth: number;
  readonly #padding: number;
  readonly #widths: number[] = [];

  constructor({ minWidth = 6, padding = 3 }: Layout = {}) {
    this.#minWidth = minWidth;
    this.#padding = padding;
  }

  format(rows: readonly (readonly string[])[]): string {
    for (const row of rows)
      for (const [i, cell] of row.slice(0, -1).entries())
        this.#widths[i] = Math.max(this.#widths[i] ?? this.#minWidth, [...cell].length + this.#padding);
    return rows.map((row) => `${row.map((cell, i) => (i < row.length - 1 ? this.#pad(cell, i) : cell)).join('')}\n`).join('');
  }

  #pad(cell: string, column: number): string {
    return cell + ' '.repeat(Math.max(0, (this.#widths[column] ?? 0) - [...cell].length));
  }
}
