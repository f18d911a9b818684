import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition } from '../../generated/types.ts';
import { customResourceDefinitionKind } from './kind.ts';

const { strategy } = customResourceDefinitionKind;

const version = (name: string, storage: boolean): CustomResourceDefinition['spec']['versions'][number] => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object' } },
});
const crontabs = (...versions: CustomResourceDefinition['spec']['versions']): CustomResourceDefinition => ({
  metadata: { name: 'crontabs.stable.example.com' },
  spec: { group: 'stable.example.com', names: { plural: 'crontabs', kind: 'CronTab' }, scope: 'Namespaced', versions },
});

test('defaults', () => {
  const crd = crontabs(version('v1', true));
  strategy.defaults?.(crd);
  assert.deepEqual(crd.spec.names, { plural: 'crontabs', kind: 'CronTab', singular: 'crontab', listKind: 'CronTabList' });
  assert.deepEqual(crd.spec.conversion, { strategy: 'None' });
  assert.deepEqual(crd.status, { storedVersions: ['v1'] });
});

test('every version that objects were stored in is remembered', () => {
  const created = { ...crontabs(version('v1', true), version('v2', false)), status: { storedVersions: ['v0'] } };
  strategy.prepareForCreate?.(created);
  assert.deepEqual(created.status, { storedVersions: ['v1'] });
  const updated = crontabs(version('v1', false), version('v2', true));
  strategy.prepareForUpdate?.(updated, created);
  assert.deepEqual(updated.status, { storedVersions: ['v1', 'v2'] });
  assert.equal(updated.metadata.generation, 2);
});
