import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { Namespace } from '../../generated/types.ts';
import { namespaceKind } from './kind.ts';

const { strategy, subresources } = namespaceKind;

test('a new namespace is Active, labelled with its name and held by its finalizer', () => {
  const namespace: Namespace = { metadata: { name: 'a', labels: { x: 'y' } }, spec: {}, status: { phase: 'Terminating' } };
  strategy.defaults?.(namespace);
  strategy.prepareForCreate?.(namespace);
  assert.deepEqual(namespace, {
    metadata: { name: 'a', labels: { x: 'y', 'kubernetes.io/metadata.name': 'a' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  const update: Namespace = { metadata: { name: 'a' }, spec: {} };
  strategy.prepareForUpdate?.(update, namespace);
  assert.deepEqual([update.spec, update.status], [namespace.spec, namespace.status]);
});

test('names are labels; finalizers are qualified or our own; the phase follows deletion', () => {
  assert.equal(strategy.validateName?.('a.b').length, 1);
  const messages = (finalizers: string[]): string[] =>
    (strategy.validate?.({ metadata: {}, spec: { finalizers } }) ?? []).map(fieldErrorMessage);
  assert.deepEqual(messages(['kubernetes', 'example.com/x']), []);
  assert.deepEqual(messages(['x']), [
    'spec.finalizers: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
  ]);
  const status = (phase: string, deletionTimestamp?: string): string[] => {
    const namespace: Namespace = { metadata: deletionTimestamp === undefined ? {} : { deletionTimestamp }, spec: {}, status: { phase } };
    return (subresources?.status?.validate?.(namespace, namespace) ?? []).map(fieldErrorMessage);
  };
  assert.deepEqual(status('Terminating', '2026-01-01T00:00:00Z'), []);
  assert.deepEqual(status('Terminating'), [
    'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
  ]);
});
