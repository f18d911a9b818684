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

test('a service made of what it exposes', async () => {
  assert.equal(await kubectl('expose deploy web --name=w2 --type=NodePort --target-port=8080 --port=81'), 'service/w2 exposed\n');
  assert.equal(
    await kubectl('get svc w2 -o jsonpath={.spec.selector}{.spec.ports[0].targetPort}{.spec.type}'),
    '{"app":"web"}8080NodePort',
  );
  assert.equal(await kubectl('expose pod web-1 --name=w3 --dry-run=client -o jsonpath={.spec.ports[*].port}'), '80');
  assert.equal(await kubectl('expose deploy web'), 'Error from server (AlreadyExists): services "web" already exists\n[1]');
  assert.equal(await kubectl('expose node node-0 --port=80'), 'error: cannot expose a Node\n[1]');
});
