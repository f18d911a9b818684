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

test('sizes, with and without a condition', async () => {
  assert.equal(await kubectl('scale deploy/web --replicas=3'), 'deployment.apps/web scaled\n');
  assert.equal(await kubectl('scale deploy/web --replicas=4 --current-replicas=2'), 'error: Expected replicas to be 2, was 3\n[1]');
  assert.equal(await kubectl('scale deploy/web --replicas=4 --current-replicas=3'), 'deployment.apps/web scaled\n');
  assert.equal(await kubectl('get deploy web -o jsonpath={.spec.replicas}'), '4');
  assert.equal(await kubectl('scale deploy/web'), 'error: required flag(s) "replicas" not set\n[1]');
  assert.equal(await kubectl('scale deploy/x --replicas=1'), 'error: no objects passed to scale deployments.apps "x" not found\n[1]');
});
