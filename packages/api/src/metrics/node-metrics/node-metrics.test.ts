import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeMetricsKind } from './kind.ts';

test('a node shows what it uses, and over which time', () => {
  const node = { metadata: { name: 'n' }, timestamp: '2025-01-01T00:00:00Z', window: '15s', usage: { cpu: '250m', memory: '512Mi' } };
  assert.deepEqual(
    nodeMetricsKind.columns?.map(({ cell }) => cell(node, 0)),
    ['n', '250m', '512Mi', '15s'],
  );
});
