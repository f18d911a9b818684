import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServedResource } from '../context.ts';
import { groupVersionsOf } from './group-versions.ts';

const served = (...versions: string[]): ServedResource[] =>
  versions.map((apiVersion) => {
    const [group = '', version = ''] = apiVersion.split('/');
    return { kind: { group, version }, storage: '' } as unknown as ServedResource;
  });
const order = (...args: Parameters<typeof groupVersionsOf>): string[] => groupVersionsOf(...args).map((gv) => `${gv.group}/${gv.version}`);

test('groups by priority, then by name; versions by priority, then the newest first', () => {
  const builtIn = ['batch/v1', 'apps/v1', 'autoscaling/v1', 'autoscaling/v2', '/v1', 'apiregistration.k8s.io/v1'];
  assert.deepEqual(order(served(...builtIn, 'b.io/v1beta1', 'b.io/v1', 'a.io/v2', 'constructor/v1')), [
    'apiregistration.k8s.io/v1',
    'apps/v1',
    'autoscaling/v2',
    'autoscaling/v1',
    'batch/v1',
    'a.io/v2',
    'b.io/v1',
    'b.io/v1beta1',
    'constructor/v1',
  ]);
  const priority = { group: 17_900, version: 1 };
  assert.deepEqual(order(served('apps/v1', 'm.io/v1'), [{ group: 'm.io', version: 'v2', priority }]), ['m.io/v1', 'm.io/v2', 'apps/v1']);
});
