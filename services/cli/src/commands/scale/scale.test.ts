import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

test('sizes, with and without a condition', async () => {
  assert.equal(await kubectl('scale deploy/web --replicas=3'), 'deployment.apps/web scaled\n');
  assert.equal(await kubectl('scale deploy/web --replicas=4 --current-replicas=2'), 'error: Expected replicas to be 2, was 3\n[1]');
  assert.equal(await kubectl('scale deploy/web --replicas=4 --current-replicas=3'), 'deployment.apps/web scaled\n');
  assert.equal(await kubectl('get deploy web -o jsonpath={.spec.replicas}'), '4');
  assert.equal(await kubectl('scale deploy/web'), 'error: required flag(s) "replicas" not set\n[1]');
  assert.equal(await kubectl('scale deploy/x --replicas=1'), 'error: no objects passed to scale deployments.apps "x" not found\n[1]');
});
