import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subresourcesOf } from './access.ts';
import { requestTarget } from './request-target.ts';

test('a path is its segments, and nothing is hidden in them', () => {
  const { path, query } = requestTarget('/exec/d/p/c/?command=a%2Fb&command=%3F?');
  assert.deepEqual(
    [path, query.getAll('command')],
    [
      ['exec', 'd', 'p', 'c'],
      ['a/b', '??'],
    ],
  );
  const mayReadMetrics = (url: string): boolean => subresourcesOf(url).includes('metrics');
  for (const url of [
    '/metrics/../exec/d/p/c',
    '/metrics/%2e%2e/exec/d/p/c',
    '/metrics/%2e./exec/d/p/c',
    '/metrics/..%2fexec/d/p/c',
    '/metrics/..\\exec/d/p/c',
    '/metrics/..%5cexec/d/p/c',
    '/metrics/./x',
    '//metrics/exec/d/p/c',
    '/metrics//exec',
    '/containerLogs/d/p/..%2f..%2f..%2fetc%2fpasswd',
    '/containerLogs/d/%2e%2e/c',
    '/containerLogs/d/p/%ff',
    'https://metrics/exec/d/p/c',
    'metrics/../exec',
    '*',
  ]) {
    assert.throws(() => requestTarget(url), { code: 404 }, url);
    assert.equal(mayReadMetrics(url), false, url);
  }
});
