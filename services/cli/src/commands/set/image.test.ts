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

test('images of containers', async () => {
  assert.equal(await kubectl('set image deploy/web nginx=nginx:1.28'), 'deployment.apps/web image updated\n');
  assert.equal(await kubectl('set image deploy/web nginx=nginx:1.28'), '');
  assert.equal(await kubectl('set image deploy/web x=y'), 'error: unable to find container named "x"\n[1]');
  assert.equal(await kubectl('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}'), 'nginx:1.28');
});
