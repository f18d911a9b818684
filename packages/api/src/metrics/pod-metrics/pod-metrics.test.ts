import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podMetricsKind } from './kind.ts';

test('a pod shows what its containers use together', () => {
  const containers = [
    { name: 'a', usage: { cpu: '1500u', memory: '1Mi' } },
    { name: 'b', usage: { cpu: '1m', memory: '512Ki' } },
  ];
  const pod = { metadata: { name: 'p' }, timestamp: '2025-01-01T00:00:00Z', window: '15s', containers };
  assert.deepEqual(
    podMetricsKind.columns?.map(({ cell }) => cell(pod, 0)),
    ['p', '2500u', '1536Ki', '15s'],
  );
});
