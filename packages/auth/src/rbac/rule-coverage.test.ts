import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRules, uncovered } from './rule-coverage.ts';

test('what is held covers what is wanted, verb by verb and thing by thing', () => {
  const held = [
    { apiGroups: [''], resources: ['pods', '*/log'], verbs: ['get', 'list'] },
    { apiGroups: ['apps'], resources: ['*'], resourceNames: ['web'], verbs: ['*'] },
    { nonResourceURLs: ['/metrics/*'], verbs: ['get'] },
  ];
  const wanted = [
    { apiGroups: [''], resources: ['pods', 'pods/log', 'secrets'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web', 'db'], verbs: ['update'] },
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['update'] },
    { nonResourceURLs: ['/metrics/a', '/logs'], verbs: ['get'] },
  ];
  assert.deepEqual(describeRules(uncovered(held, wanted)), [
    '{APIGroups:[""], Resources:["pods"], Verbs:["watch"]}',
    '{APIGroups:[""], Resources:["pods/log"], Verbs:["watch"]}',
    '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list" "watch"]}',
    '{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["db"], Verbs:["update"]}',
    '{APIGroups:["apps"], Resources:["deployments"], Verbs:["update"]}',
    '{NonResourceURLs:["/logs"], Verbs:["get"]}',
  ]);
  assert.deepEqual(uncovered([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }], wanted.slice(0, 3)), []);
});
