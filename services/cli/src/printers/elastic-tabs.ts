/** Lines with tabs, laid out as Go's tabwriter does: a column is as wide as its widest cell among the lines that follow each other with it. */

const padding = 2;

/** `text` has a tab after each cell but the last of a line. */
export function alignTabs(text: string): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map((): number[] => []);
  measure(lines, widths, { from: 0, to: lines.length, column: 0 });
  return lines
    .map((cells, i) => cells.map((cell, column) => (column < cells.length - 1 ? cell.padEnd(widths[i]?.[column] ?? 0) : cell)).join(''))
    .join('\n');
}

function measure(lines: readonly string[][], widths: number[][], { from, to, column }: { from: number; to: number; column: number }): void {
  const has = (line: number): boolean => column < (lines[line]?.length ?? 0) - 1;
  for (let start = from; start < to; start += 1) {
    if (!has(start)) continue;
    let end = start;
    let width = 0;
    for (; end < to && has(end); end += 1) width = Math.max(width, [...(lines[end]?.[column] ?? '')].length + padding);
    for (let line = start; line < end; line += 1) (widths[line] as number[])[column] = width;
    measure(lines, widths, { from: start, to: end, column: column + 1 });
    start = end;
  }
}
