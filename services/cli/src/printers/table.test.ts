import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TableLook, TablePrinter } from './table.ts';

const look: TableLook = { wide: false, headers: true, withNamespace: false, kindPrefix: '', showLabels: false, labelColumns: [] };
const columnDefinitions = [
  { name: 'Name', type: 'string', format: 'name' },
  { name: 'Wide', type: 'string', priority: 1 },
  { name: 'N', type: 'integer' },
];
const row = (...cells: unknown[]) => ({ cells, object: { metadata: { namespace: 'ns', labels: { a: '1' } } } });

test('columns are at least six wide with three between; wide ones only when asked; one line a row', () => {
  const table = { columnDefinitions, rows: [row('a', 'w', 1), row('long-name', 'w', 'x\ny')] };
  assert.equal(new TablePrinter(look).format(table), 'NAME        N\na           1\nlong-name   x...\n');
  assert.equal(
    new TablePrinter({ ...look, wide: true, headers: false }).format({ ...table, rows: [row('a', null, 1)] }),
    'a     <none>   1\n',
  );
  assert.equal(
    new TablePrinter({ ...look, withNamespace: true, kindPrefix: 'pod/', labelColumns: ['x/a'], showLabels: true }).format({
      columnDefinitions,
      rows: [row('a', '', 1)],
    }),
    'NAMESPACE   NAME    N     A     LABELS\nns          pod/a   1           a=1\n',
  );
});

test('a table goes on: headers once, no columns where there is no row', () => {
  const printer = new TablePrinter(look);
  assert.equal(printer.format({ columnDefinitions, rows: [] }), '');
  assert.equal(printer.format({ rows: [row('long-name', '', 1)] }), 'NAME        N\nlong-name   1\n');
  assert.equal(printer.format({ columnDefinitions: null, rows: [row('b', '', 2)] }), 'b           2\n');
});
