import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

test('images of containers', async () => {
  assert.equal(await kubectl('set image deploy/web nginx=nginx:1.28'), 'deployment.apps/web image updated\n');
  assert.equal(await kubectl('set image deploy/web nginx=nginx:1.28'), '');
  assert.equal(await kubectl('set image deploy/web x=y'), 'error: unable to find container named "x"\n[1]');
  assert.equal(await kubectl('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}'), 'nginx:1.28');
});
