import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import { bindingKind } from './kind.ts';

test('a pod is bound to a node that is named', () => {
  const messages = (target: { kind?: string; name?: string }): string[] =>
    (bindingKind.strategy.validate?.({ metadata: { name: 'p' }, target }) ?? []).map(fieldErrorMessage);
  assert.deepEqual(messages({ name: 'n' }), []);
  assert.deepEqual(messages({ kind: 'Node', name: 'n' }), []);
  assert.deepEqual(messages({ kind: 'Rack' }), [
    'target.kind: Unsupported value: "Rack": supported values: "<empty>", "Node"',
    'target.name: Required value',
  ]);
});
