import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, testPodInfo } from '../../test-objects.ts';
import { dynamicResources } from './dynamic-resources.ts';

const [preFilter, postFilter] = [dynamicResources.preFilter?.bind(dynamicResources), dynamicResources.postFilter?.bind(dynamicResources)];

test('pods with claims are refused in plain words', () => {
  const claiming = testPodInfo({ resourceClaims: [{ name: 'gpu' }] });
  const rejection = { code: 'UnschedulableAndUnresolvable', reasons: ['this scheduler does not support resource claims'] } as const;
  assert.deepEqual(preFilter?.(claiming, emptyCluster), { rejection });
  assert.deepEqual(preFilter?.(testPodInfo(), emptyCluster), { skip: true });
  const search = { verdictOf: () => rejection, reject: () => rejection };
  assert.deepEqual(postFilter?.(claiming, { ...search, pod: rejection }), {});
  assert.deepEqual(postFilter?.(testPodInfo(), { ...search, pod: rejection }), { message: 'not found', isLast: true });
  assert.deepEqual(postFilter?.(testPodInfo(), search), { message: 'no new claims to deallocate' });
});
