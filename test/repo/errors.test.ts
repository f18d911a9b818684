import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings, isTestOnly, read, sources } from './source-tree.ts';

const catalogue = 'packages/meta/src/errors.ts';
/** Places that pass on a Status another server made. */
const relays = ['packages/client/src/', 'services/cli/src/commands/'];

test('every Status is made in the catalogue', () => {
  const elsewhere = findings(
    sources.filter(({ path }) => !isTestOnly(path) && path !== catalogue && !relays.some((relay) => path.startsWith(relay))),
    // A Status of the catalogue with a cause added is still of the catalogue.
    /new StatusError\((?!\{ \.\.\.status,)/,
  );
  assert.deepEqual(elsewhere, []);
});

test('docs/errors.md lists the catalogue, each with its code and reason', () => {
  const page = read('docs/errors.md');
  const text = read(catalogue);
  const functions = [...text.matchAll(/^export function (\w+)\(/gm)].map(([, name]) => name ?? '');
  assert.ok(functions.length > 15);
  for (const name of functions) {
    const body = text.slice(text.indexOf(`export function ${name}(`), text.indexOf('\n}', text.indexOf(`export function ${name}(`)));
    const [, code, reason] = /failure\(\s*(\d{3}),\s*'(\w+)'/.exec(body) ?? [];
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    assert.ok(row, `docs/errors.md has no row for ${name}`);
    if (code)
      assert.ok(row.includes(`| ${code} |`) && row.includes(`| ${reason} |`), `${name} is ${code} ${reason}, the page says: ${row}`);
  }
  const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(
    rows.filter((name) => !functions.includes(name ?? '')),
    [],
    'rows of errors that are no more',
  );
});
