import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { DaemonSet, DaemonSetSpec } from '../../generated/types.ts';
import { daemonSetKind } from './kind.ts';

const { strategy, subresources, columns = [] } = daemonSetKind;

function created(spec: Partial<DaemonSetSpec> = {}): DaemonSet {
  const set: DaemonSet = {
    metadata: { name: 'ds' },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c', image: 'i:1' }] } },
      ...spec,
    },
  };
  strategy.defaults?.(set);
  strategy.prepareForCreate?.(set);
  return set;
}

test('defaults and rules', () => {
  assert.deepEqual(created().spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
  const errorsOf = (spec: Partial<DaemonSetSpec>) => strategy.validate?.(created(spec)).map(fieldErrorMessage);
  assert.deepEqual(errorsOf({}), []);
  assert.deepEqual(errorsOf({ selector: {} }), ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset']);
  assert.deepEqual(errorsOf({ updateStrategy: { type: 'X' } }), [
    'spec.updateStrategy: Unsupported value: {"type":"X"}: supported values: "OnDelete", "RollingUpdate"',
  ]);
  assert.deepEqual(errorsOf({ updateStrategy: { rollingUpdate: { maxSurge: 1 } } }), [
    'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
  ]);
  assert.deepEqual(errorsOf({ updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } }), [
    'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
  ]);
});

test('updates: the selector stays; the template has a generation of its own', () => {
  const old = created();
  const changed = structuredClone(old);
  changed.spec.minReadySeconds = 5;
  strategy.prepareForUpdate?.(changed, old);
  assert.deepEqual([changed.metadata.generation, changed.metadata.annotations?.['deprecated.daemonset.template.generation']], [2, '1']);
  const next = structuredClone(changed);
  next.spec.template.metadata = { labels: { app: 'a', v: '2' } };
  next.spec.selector = { matchLabels: { v: '2' } };
  strategy.prepareForUpdate?.(next, changed);
  assert.deepEqual([next.metadata.generation, next.metadata.annotations?.['deprecated.daemonset.template.generation']], [3, '2']);
  assert.deepEqual(
    strategy.validateUpdate?.(next, changed).map((e) => e.detail),
    ['field is immutable'],
  );
});

test('status and the row', () => {
  const set = created();
  set.status = { desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1, updatedNumberScheduled: 2, numberMisscheduled: -1 };
  assert.deepEqual(
    subresources?.status?.validate?.(set, set).map((e) => e.field),
    ['status.numberMisscheduled'],
  );
  assert.deepEqual(
    columns.map((column) => column.cell(set, 0)),
    ['ds', 3, 2, 1, 2, 0, 'disk=ssd', '<unknown>', 'c', 'i:1', 'app=a'],
  );
});
