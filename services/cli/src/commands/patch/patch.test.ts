import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestApiserver } from '../../test-apiserver.ts';
import { run, startCluster } from '../../test-run.ts';

let api: TestApiserver;
before(async () => {
  api = await startCluster();
});
after(() => api.stop());
/** stdout and stderr together, and the exit code where it is not 0. */
const kubectl = async (line: string, stdin = ''): Promise<string> => {
  const { out, err, code } = await run(line.split(' '), { api, stdin });
  return out + err + (code === 0 ? '' : `[${code}]`);
};

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
