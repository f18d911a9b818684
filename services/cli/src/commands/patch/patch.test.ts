import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

test('three kinds of patches', async () => {
  assert.equal(await kubectl('patch deploy web -p {"spec":{"replicas":5}}'), 'deployment.apps/web patched\n');
  assert.equal(await kubectl('patch deploy web --type=merge -p {"spec":{"replicas":5}}'), 'deployment.apps/web patched (no change)\n');
  assert.equal(
    await kubectl('patch deploy web --type=json -p [{"op":"replace","path":"/spec/replicas","value":7}]'),
    'deployment.apps/web patched\n',
  );
  assert.equal(
    await kubectl('patch deploy web -p {"spec":{"replicas":-5}}'),
    'The Deployment "web" is invalid: spec.replicas: Invalid value: -5: must be greater than or equal to 0\n[1]',
  );
  assert.equal(
    await kubectl('patch deploy web --type=json -p [{"op":"remove","path":"/x"}]'),
    'The request is invalid: the server rejected our request due to an error in our request\n[1]',
  );
  assert.match(await kubectl('patch deploy web --type=x -p {}'), /^error: --type must be one of \[json merge strategic\], not "x"/);
});
